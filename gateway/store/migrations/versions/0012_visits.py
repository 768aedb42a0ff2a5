"""When and where a booked visit is, in words."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('cases', sa.Column('visit_sealed', sa.LargeBinary, nullable=True))
