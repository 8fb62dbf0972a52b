"""What became of a submission → a mail to the bureau, sent once, or kept for a person where that is not sure."""

from checker.mail.addresses import AddressBook, load
from checker.mail.delivery import Delivered, deliver
from checker.mail.letter import Letter, returned, summary, unreadable
from checker.mail.post import Post, Sent
from checker.mail.writing import writer

__all__ = [
    "AddressBook",
    "Delivered",
    "Letter",
    "Post",
    "Sent",
    "deliver",
    "load",
    "returned",
    "summary",
    "unreadable",
    "writer",
]
