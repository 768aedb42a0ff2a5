"""consents, the sharing ledger, and acting for others."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

REFUSED = 'the sharing ledger is only ever added to'


def upgrade() -> None:
    """Apply."""
    op.create_table(
        'consents',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('citizen_id', sa.String(length=32), nullable=False),
        sa.Column('draft_id', sa.String(length=32), nullable=False),
        sa.Column('item', sa.String(length=60), nullable=False),
        sa.Column('elements', sa.JSON(), nullable=False),
        sa.Column('tried', sa.JSON(), nullable=False),
        sa.Column('decision', sa.String(length=10), nullable=False),
        sa.Column('decided_at', sa.DateTime(), nullable=False),
        sa.Column('expires_at', sa.DateTime(), nullable=False),
        sa.Column('revoked_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(['citizen_id'], ['citizens.id'], name=op.f('fk_consents_citizen_id_citizens')),
        sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_consents_draft_id_drafts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consents')),
        sa.UniqueConstraint('draft_id', name=op.f('uq_consents_draft_id')),
    )
    op.create_index(op.f('ix_consents_citizen_id'), 'consents', ['citizen_id'])
    op.create_table(
        'sharing_ledger',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('citizen_id', sa.String(length=32), nullable=False),
        sa.Column('draft_id', sa.String(length=32), nullable=False),
        sa.Column('element', sa.String(length=60), nullable=False),
        sa.Column('source', sa.String(length=40), nullable=False),
        sa.Column('licence', sa.String(length=60), nullable=False),
        sa.Column('item', sa.String(length=60), nullable=False),
        sa.Column('recipient', sa.String(length=40), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=False),
        sa.Column('consent_id', sa.String(length=32), nullable=True),
        sa.Column('outcome', sa.String(length=20), nullable=False),
        sa.Column('value_masked', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['citizen_id'], ['citizens.id'], name=op.f('fk_sharing_ledger_citizen_id_citizens')),
        sa.ForeignKeyConstraint(['consent_id'], ['consents.id'], name=op.f('fk_sharing_ledger_consent_id_consents')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sharing_ledger')),
    )
    op.create_index('ix_sharing_ledger_citizen_at', 'sharing_ledger', ['citizen_id', 'at'])
    _only_added()
    op.create_table(
        'representations',
        sa.Column('draft_id', sa.String(length=32), nullable=False),
        sa.Column('citizen_id', sa.String(length=32), nullable=False),
        sa.Column('relation', sa.String(length=20), nullable=False),
        sa.Column('basis', sa.String(length=40), nullable=False),
        sa.Column('agent_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_representations_draft_id_drafts')),
        sa.ForeignKeyConstraint(
            ['citizen_id'], ['citizens.id'], name=op.f('fk_representations_citizen_id_citizens')
        ),
        sa.PrimaryKeyConstraint('draft_id', name=op.f('pk_representations')),
    )


def _only_added() -> None:
    """Neither the program nor somebody at the database's prompt changes or removes a row unnoticed."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "CREATE FUNCTION keep_sharing_ledger() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER keep_sharing_ledger BEFORE UPDATE OR DELETE OR TRUNCATE ON sharing_ledger "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_sharing_ledger()"
        )
        return
    for deed in ('UPDATE', 'DELETE'):
        op.execute(
            f"CREATE TRIGGER sharing_ledger_no_{deed.lower()} BEFORE {deed} ON sharing_ledger "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
