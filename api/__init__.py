"""HTTP: the public API and the light web chat.

Understanding a question is `answering`; keeping anything is `storage`.
"""
