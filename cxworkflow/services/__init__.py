"""The verbs: plain functions `verb(noun, *, by, at)`; who, when and what are checked here, in this order."""
