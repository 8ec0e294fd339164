"""The steps, each with the tables as they were then: none may import `storage.tables`, which moves on."""
