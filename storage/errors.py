"""What can go wrong with what is kept, as sentences for an operator.

    StorageError
    ├── DatabaseUrlInvalid          the setting is no URL of a database that we use
    ├── DatabaseUnreachable         nothing answers there, or it lets us not in
    ├── DatabaseVersionMismatch     its tables are older or newer than this program
    ├── DatabaseReadOnly            it may be read only
    ├── DatabaseFull                its disk has no room left
    ├── DatabaseBusy                others held it for too long: worth another try
    ├── DatabaseDamaged             its file is no database, or no longer one
    ├── StateUnreadable             a conversation was kept in a shape that is not understood
    └── AnswerIdTaken               an exchange has the id of another conversation's exchange

None of the sentences holds a password, or a word that a resident wrote. Errors of the drivers become these in
`storage.driver_errors`.
"""

from __future__ import annotations


class StorageError(Exception):
    """Something could not be kept or read. What was asked to be kept is then kept wholly or not at all."""


class DatabaseUrlInvalid(StorageError):
    """MOTCUA_DATABASE_URL is not the URL of a database that we use."""


class DatabaseUnreachable(StorageError):
    """The database does not answer, or refuses us."""


class DatabaseVersionMismatch(StorageError):
    """The tables are not those of this version of the program."""


class DatabaseReadOnly(StorageError):
    """The database can be read, not written."""


class DatabaseFull(StorageError):
    """There is no room to write."""


class DatabaseBusy(StorageError):
    """Others held the database, or its connections, longer than we wait. Trying again later may work."""


class DatabaseDamaged(StorageError):
    """The file is not a database, or parts of it cannot be read."""


class StateUnreadable(StorageError):
    """The kept state of a conversation is not one that this version understands."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(
            f"The kept state of conversation {conversation_id} cannot be read by this version: forget the"
            " conversation, or run the version that kept it."
        )
        self.conversation_id = conversation_id


class AnswerIdTaken(StorageError):
    """An exchange cannot be kept under the id of another conversation's exchange."""

    def __init__(self, answer_id: str) -> None:
        super().__init__(f"The answer id {answer_id} belongs to an exchange of another conversation.")
        self.answer_id = answer_id
