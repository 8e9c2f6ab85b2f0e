"""Every saved state of issues and articles; articles are told apart when two people save; where articles are used.

Follows: 0029
"""

from __future__ import annotations

import json
from hashlib import sha256

from alembic import op
from sqlalchemy import text

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE article ADD COLUMN revision INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE article ALTER COLUMN revision DROP DEFAULT",
    """
    CREATE TABLE content_version (
        id SERIAL NOT NULL,
        issue_id INTEGER,
        article_id INTEGER,
        number INTEGER NOT NULL,
        content JSONB NOT NULL,
        digest VARCHAR(64) NOT NULL,
        member_id INTEGER,
        actor VARCHAR(320) NOT NULL,
        restored_from INTEGER,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_content_version PRIMARY KEY (id),
        CONSTRAINT uq_content_version_issue_id_number UNIQUE (issue_id, number),
        CONSTRAINT uq_content_version_article_id_number UNIQUE (article_id, number),
        CONSTRAINT ck_content_version_owner CHECK (num_nonnulls(issue_id, article_id) = 1),
        CONSTRAINT fk_content_version_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
        CONSTRAINT fk_content_version_article_id FOREIGN KEY (article_id) REFERENCES article (id) ON DELETE CASCADE,
        CONSTRAINT fk_content_version_member_id FOREIGN KEY (member_id) REFERENCES member (id)
    )""",
    "CREATE INDEX ix_issue_named_articles ON issue USING gin (issue_articles(blocks))",
)
_ISSUES = """
    SELECT id, coalesce(editor_id, author_id), updated_at, jsonb_build_object(
        'subject', subject, 'preheader', preheader, 'kind', kind, 'language', language, 'audience', audience,
        'segment', segment, 'dated', dated, 'correction_of_id', correction_of_id, 'correction_note', correction_note,
        'public', public, 'blocks', blocks)
    FROM issue WHERE id > :after ORDER BY id LIMIT 200"""
_ARTICLES = """
    SELECT id, NULL, updated_at, jsonb_build_object(
        'slug', slug, 'title', title, 'language', language, 'published_on', published_on, 'recap', recap,
        'address', address, 'body', body, 'figure_image', figure_image, 'figure_alt', figure_alt,
        'figure_caption', figure_caption, 'figure_source', figure_source,
        'topics', coalesce((SELECT jsonb_agg(topic.slug) FROM article_topic
            JOIN topic ON topic.id = topic_id WHERE article_id = article.id AND merged_into_id IS NULL), '[]'),
        'addresses', coalesce((SELECT jsonb_agg(jsonb_build_array(other.address, other.language))
            FROM article_address AS other WHERE other.article_id = article.id), '[]'))
    FROM article WHERE id > :after ORDER BY id LIMIT 200"""


def upgrade() -> None:
    """Make them; what is there now is the first version of each."""
    for statement in _STATEMENTS:
        op.execute(statement)
    for column, query in (("issue_id", _ISSUES), ("article_id", _ARTICLES)):
        _keep_present(column, query)


def _keep_present(column: str, query: str) -> None:
    connection, after = op.get_bind(), 0
    insert = text(
        f"INSERT INTO content_version ({column}, number, content, digest, member_id, actor, created_at) "  # noqa: S608
        "VALUES (:owner, 1, CAST(:content AS jsonb), :digest, :member, '', :at)"
    )
    while rows := connection.execute(text(query), {"after": after}).all():
        for owner, member, at, content in rows:
            for name in {"topics", "addresses"} & content.keys():
                content[name].sort()
            written = json.dumps(content, ensure_ascii=False, sort_keys=True)
            digest = sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
            values = {"owner": owner, "content": written, "digest": digest, "member": member, "at": at}
            connection.execute(insert, values)
            after = owner


def downgrade() -> None:
    """Drop them, and with them all states but the present one."""
    op.execute("DROP INDEX ix_issue_named_articles")
    op.execute("DROP TABLE content_version")
    op.execute("ALTER TABLE article DROP COLUMN revision")
