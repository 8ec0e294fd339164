"""Sentence vectors for search: the encoder that every index and every question goes through.

The default comes from installed packages alone: `OnnxEncoder(ensure_model(root, progress=print))`. A stronger local
model is `SentenceTransformersEncoder(folder)`. Why this engine: docs/adr/0002-embedding-engine.md.
"""
