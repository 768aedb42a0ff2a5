"""Life events that were submitted, and what a granted case gives to the steps after it."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        'filings',
        sa.Column('id', sa.String(length=32), primary_key=True),
        sa.Column('citizen_id', sa.String(length=32), sa.ForeignKey('citizens.id'), nullable=False),
        sa.Column('draft_id', sa.String(length=32), sa.ForeignKey('drafts.id'), nullable=False, unique=True),
        sa.Column('event', sa.String(length=60), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
    )
    op.create_index('ix_filings_citizen_id', 'filings', ['citizen_id'])
    op.create_table(
        'filing_steps',
        sa.Column('id', sa.String(length=32), primary_key=True),
        sa.Column('filing_id', sa.String(length=32), sa.ForeignKey('filings.id'), nullable=False),
        sa.Column('case_id', sa.String(length=32), sa.ForeignKey('cases.id'), nullable=False, unique=True),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('item', sa.String(length=60), nullable=False),
        sa.Column('item_name', sa.String(length=120), nullable=False),
        sa.Column('after', sa.JSON(), nullable=False),
        sa.Column('takes', sa.JSON(), nullable=False),
        sa.Column('limit_n', sa.Integer(), nullable=False),
        sa.Column('limit_unit', sa.String(length=20), nullable=False),
    )
    op.create_index('ix_filing_steps_filing_id', 'filing_steps', ['filing_id'])
    op.add_column('cases', sa.Column('results_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('drafts', sa.Column('step_id', sa.String(length=32), nullable=True))
