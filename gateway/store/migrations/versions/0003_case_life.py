"""The life of a case: its clock, what is to be supplemented, notices, ratings, certificates."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('cases', sa.Column('limit_unit', sa.String(length=20), nullable=True))
    op.add_column('cases', sa.Column('stopped_on', sa.String(length=10), nullable=True))
    op.add_column('cases', sa.Column('wanted_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('cases', sa.Column('asked_at', sa.DateTime(), nullable=True))
    op.add_column('submissions', sa.Column('values_sealed', sa.LargeBinary(), nullable=True))
    op.create_table(
        'notices',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('citizen_id', sa.String(length=32), sa.ForeignKey('citizens.id'), nullable=False),
        sa.Column('case_id', sa.String(length=32), sa.ForeignKey('cases.id'), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('mark', sa.String(length=40), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('told_at', sa.DateTime(), nullable=True),
        sa.UniqueConstraint('case_id', 'kind', 'mark'),
    )
    op.create_index('ix_notices_citizen_told', 'notices', ['citizen_id', 'told_at'])
    op.create_table(
        'ratings',
        sa.Column('id', sa.String(length=32), primary_key=True),
        sa.Column('case_id', sa.String(length=32), sa.ForeignKey('cases.id'), nullable=False),
        sa.Column('item', sa.String(length=60), nullable=False),
        sa.Column('department', sa.String(length=40), nullable=False),
        sa.Column('grade', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.UniqueConstraint('case_id'),
    )
    op.create_index('ix_ratings_department', 'ratings', ['department'])
    op.create_index('ix_ratings_at', 'ratings', ['at'])
    op.create_table(
        'certificates',
        sa.Column('code', sa.String(length=20), primary_key=True),
        sa.Column('case_id', sa.String(length=32), sa.ForeignKey('cases.id'), nullable=False),
        sa.Column('facts_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('issued_at', sa.DateTime(), nullable=False),
        sa.UniqueConstraint('case_id'),
    )
