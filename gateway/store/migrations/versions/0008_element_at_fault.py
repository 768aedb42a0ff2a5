"""The data element that a department blamed for a refusal."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('attempts', sa.Column('element', sa.String(60), nullable=True))
