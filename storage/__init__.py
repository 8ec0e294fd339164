"""What must survive: conversations with their exchanges, feedback, and the questions that had no good answer.

Knows the values of `answering.exchange` and `answering.conversation`, and nothing of how an answer comes about.
"""
