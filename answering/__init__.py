"""A question in a conversation becomes an answer: a pipeline of named steps without I/O of its own."""
