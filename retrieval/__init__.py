"""Which procedure or FAQ is meant: Vietnamese text, the index, searching it, ranking what is found."""
