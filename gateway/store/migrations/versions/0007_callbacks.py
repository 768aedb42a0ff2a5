"""Callbacks of departments: which events came."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'callback_events',
        sa.Column('department', sa.String(length=40), primary_key=True),
        sa.Column('event', sa.String(length=80), primary_key=True),
        sa.Column('case_id', sa.String(length=32), sa.ForeignKey('cases.id'), nullable=False),
        sa.Column('occurred_at', sa.DateTime(), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
    )
    op.create_index('ix_callback_events_case_id', 'callback_events', ['case_id'])
