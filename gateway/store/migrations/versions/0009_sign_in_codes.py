"""The number that a person who signed in says in the conversation."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        'sign_in_codes',
        sa.Column('sender_digest', sa.String(64), primary_key=True),
        sa.Column('code_digest', sa.String(64), nullable=False),
        sa.Column('person_sealed', sa.LargeBinary, nullable=False),
        sa.Column('wrong', sa.Integer, nullable=False),
        sa.Column('expires_at', sa.DateTime(), nullable=False, index=True),
    )
