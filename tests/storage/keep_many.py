"""Keeps exchanges one after another and prints each id once it is kept. Run as a process, so that it can be killed.

python keep_many.py URL NAME COUNT CONVERSATION...
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from answering.conversation import ConversationState, Turn
from answering.exchange import Exchange
from storage.conversations import SqlConversationStore
from storage.database import open_database


def main(url: str, name: str, number: int, conversations: list[str]) -> None:
    """Spread `number` exchanges over the conversations in turn."""
    store = SqlConversationStore(open_database(url))
    say("open")
    sys.stdin.readline()
    for index in range(number):
        conversation_id = conversations[index % len(conversations)]
        answer_id = f"{name}-{index}"
        state = store.load(conversation_id) or ConversationState(conversation_id=conversation_id)
        store.keep(_exchange(answer_id, conversation_id), state.after(Turn(status="answered", items=(answer_id,))))
        say(answer_id)


def say(line: str) -> None:
    """Write a line that is out before the process can be killed."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _exchange(answer_id: str, conversation_id: str) -> Exchange:
    return Exchange(
        answer_id=answer_id,
        conversation_id=conversation_id,
        chat_channel="http",
        asked_at=datetime.now(UTC),
        question="hỏi " * 200,
        status="answered",
        reason=None,
        items=(answer_id,),
        aspects=("fee",),
        confidence=0.9,
        answer_text="trả lời " * 200,
        snapshot_id="b5bb9d80",
        duration_ms=20.0,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
