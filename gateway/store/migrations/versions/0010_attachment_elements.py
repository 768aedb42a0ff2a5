"""Which question an attachment answers."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('attachments', sa.Column('element', sa.String(60), nullable=False, server_default=''))
