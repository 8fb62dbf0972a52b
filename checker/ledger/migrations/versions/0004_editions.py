"""Under which name the first edition of a submission came in, so that what replaces it may have another."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submissions", sa.Column("origin", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE submissions SET origin = name")
    op.create_index("ix_submissions_inbox_id_origin", "submissions", ["inbox_id", "origin"])
