"""Chat channels of people: Telegram, Zalo. None is written yet; each will call `answering.desk.Desk` alone."""
