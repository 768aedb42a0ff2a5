"""Attachments."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'attachments',
        sa.Column('id', sa.String(length=32), primary_key=True),
        sa.Column('citizen_id', sa.String(length=32), sa.ForeignKey('citizens.id'), nullable=False),
        sa.Column('draft_id', sa.String(length=32), sa.ForeignKey('drafts.id'), nullable=True),
        sa.Column('case_id', sa.String(length=32), sa.ForeignKey('cases.id'), nullable=True),
        sa.Column('submission_id', sa.String(length=32), sa.ForeignKey('submissions.id'), nullable=True),
        sa.Column('content_type', sa.String(length=40), nullable=False),
        sa.Column('ending', sa.String(length=8), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
    )
    op.create_index('ix_attachments_draft_id', 'attachments', ['draft_id'])
    op.create_index('ix_attachments_case_id', 'attachments', ['case_id'])
    op.create_index('ix_attachments_submission_id', 'attachments', ['submission_id'])
