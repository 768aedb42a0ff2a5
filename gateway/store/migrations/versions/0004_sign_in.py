"""people who signed in, their links and sessions."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        'identities',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('subject_digest', sa.String(length=64), nullable=False),
        sa.Column('citizen_id', sa.String(length=32), nullable=False),
        sa.Column('claims_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('updated_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(['citizen_id'], ['citizens.id'], name=op.f('fk_identities_citizen_id_citizens')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_identities')),
        sa.UniqueConstraint('subject_digest', name=op.f('uq_identities_subject_digest')),
    )
    op.create_table(
        'signed_in',
        sa.Column('sender_digest', sa.String(length=64), nullable=False),
        sa.Column('identity_id', sa.String(length=32), nullable=False),
        sa.Column('level', sa.String(length=20), nullable=False),
        sa.Column('since', sa.DateTime(), nullable=False),
        sa.Column('until', sa.DateTime(), nullable=False),
        sa.Column('draft_id', sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(['identity_id'], ['identities.id'], name=op.f('fk_signed_in_identity_id_identities')),
        sa.PrimaryKeyConstraint('sender_digest', name=op.f('pk_signed_in')),
    )
    op.create_table(
        'sign_in_links',
        sa.Column('link_digest', sa.String(length=64), nullable=False),
        sa.Column('sender_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('expires_at', sa.DateTime(), nullable=False),
        sa.Column('state_digest', sa.String(length=64), nullable=True),
        sa.Column('begun_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('used_at', sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint('link_digest', name=op.f('pk_sign_in_links')),
        sa.UniqueConstraint('state_digest', name=op.f('uq_sign_in_links_state_digest')),
    )
    op.create_index(op.f('ix_sign_in_links_expires_at'), 'sign_in_links', ['expires_at'])
