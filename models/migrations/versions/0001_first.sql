-- The first tables, with the functions, triggers, partitions and rows that belong to them.

CREATE OR REPLACE FUNCTION search_plain(markdown text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    normalize(markdown, NFKC),
    '\{\{[^}]*\}\}', '', 'g'),
    '\]\([^)]*\)|[][*`\\]', '', 'g'),
    '\s+', ' ', 'g'),
    '(?<=[^\u0001-\u024f]) (?=[^\u0001-\u024f])', '', 'g');

CREATE OR REPLACE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(array_agg(DISTINCT pair), '{}'::text[]) FROM (
        SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS l (letter, place)
    ) AS pairs WHERE pair IS NOT NULL AND pair !~ '\s';
END;

CREATE OR REPLACE FUNCTION issue_words(subject text, preheader text, blocks jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT concat_ws(' ', search_plain(subject), search_plain(preheader),
                     string_agg(search_plain(leaf #>> '{}'), ' '))
    FROM jsonb_path_query(blocks, 'strict $.** ? (@.type() == "object").keyvalue()') AS pair,
         jsonb_path_query(pair -> 'value', 'strict $.** ? (@.type() == "string")') AS leaf
    WHERE pair ->> 'key' IN ('text', 'title', 'caption', 'source', 'alt', 'lead', 'recap', 'name', 'items',
                             'header', 'rows');
END;

CREATE OR REPLACE FUNCTION issue_articles(blocks jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(array_agg(DISTINCT slug), '{}'::text[]) FROM (
        SELECT named #>> '{}' AS slug FROM jsonb_path_query(blocks, 'strict $.**.article') AS named
        UNION ALL
        SELECT match[1] FROM regexp_matches(blocks::text, 'article:([a-z0-9][a-z0-9-]{0,99})', 'g') AS match
    ) AS slugs;
END;

CREATE TABLE newsletter (
    id SERIAL NOT NULL,
    slug VARCHAR(100) NOT NULL,
    name VARCHAR(200) NOT NULL,
    description VARCHAR NOT NULL,
    language VARCHAR(2) NOT NULL,
    tracking VARCHAR(20) NOT NULL,
    open_to_signup BOOLEAN NOT NULL,
    public_archive BOOLEAN NOT NULL,
    sender_name VARCHAR(200) NOT NULL,
    sender_address VARCHAR(320) NOT NULL,
    postal_address VARCHAR NOT NULL,
    contact VARCHAR NOT NULL,
    reply_to VARCHAR(320) NOT NULL,
    bounce_address VARCHAR(320) NOT NULL,
    list_id VARCHAR(250) NOT NULL,
    consent_text VARCHAR NOT NULL,
    look JSONB NOT NULL,
    fields JSONB NOT NULL,
    embed_images BOOLEAN NOT NULL,
    dkim JSONB NOT NULL,
    ranking_lead VARCHAR NOT NULL,
    ranking_closing VARCHAR NOT NULL,
    related_products JSONB NOT NULL,
    approvals_needed INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_newsletter PRIMARY KEY (id),
    CONSTRAINT ck_newsletter_language CHECK (language IN ('ja', 'en')),
    CONSTRAINT ck_newsletter_approvals CHECK (approvals_needed >= 0),
    CONSTRAINT uq_newsletter_slug UNIQUE (slug),
    CONSTRAINT ck_newsletter_tracking CHECK (tracking IN ('individual', 'aggregate', 'off'))
);

CREATE TABLE member (
    id SERIAL NOT NULL,
    address VARCHAR(320) NOT NULL,
    name VARCHAR(200) NOT NULL,
    password_hash VARCHAR NOT NULL,
    role_names VARCHAR(20)[] NOT NULL,
    totp_secret VARCHAR(64) NOT NULL,
    active BOOLEAN NOT NULL,
    session_number INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_login_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_member PRIMARY KEY (id),
    CONSTRAINT uq_member_address UNIQUE (address)
);

CREATE TABLE subscriber (
    id BIGSERIAL NOT NULL,
    address VARCHAR(320),
    address_key VARCHAR(320),
    address_hash VARCHAR(64),
    domain VARCHAR(255) NOT NULL,
    name VARCHAR(200) NOT NULL,
    kana VARCHAR(200) NOT NULL,
    organisation VARCHAR(200) NOT NULL,
    language VARCHAR(2) NOT NULL,
    fields JSONB NOT NULL,
    tracking_refused BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_subscriber PRIMARY KEY (id),
    CONSTRAINT uq_subscriber_address_key UNIQUE (address_key)
);

CREATE INDEX ix_subscriber_address_hash ON subscriber (address_hash);

CREATE TABLE delivery (
    issue_id INTEGER NOT NULL,
    subscriber_id BIGINT NOT NULL,
    batch_id INTEGER,
    edition SMALLINT NOT NULL,
    lane_id SMALLINT NOT NULL,
    audience_id INTEGER,
    state VARCHAR(20) NOT NULL,
    attempts SMALLINT NOT NULL,
    code SMALLINT,
    enhanced VARCHAR(11),
    answer VARCHAR(500),
    relay VARCHAR(100),
    due_at TIMESTAMP WITH TIME ZONE,
    at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_delivery PRIMARY KEY (issue_id, subscriber_id),
    CONSTRAINT ck_delivery_deliverystate CHECK (state IN ('queued', 'sending', 'accepted', 'deferred', 'bounced', 'failed', 'unknown', 'suppressed'))
)
 WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX ix_delivery_batch_id ON delivery (batch_id);

ALTER TABLE delivery ALTER state SET DEFAULT 'queued', ALTER attempts SET DEFAULT 0;

CREATE TABLE attempt (
    id BIGSERIAL NOT NULL,
    issue_id INTEGER NOT NULL,
    subscriber_id BIGINT NOT NULL,
    number SMALLINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    stage VARCHAR(10) NOT NULL,
    code SMALLINT NOT NULL,
    enhanced VARCHAR(11) NOT NULL,
    answer VARCHAR(500) NOT NULL,
    relay VARCHAR(100) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_attempt PRIMARY KEY (id)
);

CREATE INDEX ix_attempt_issue_id_subscriber_id ON attempt (issue_id, subscriber_id);

CREATE TABLE lane (
    id SERIAL NOT NULL,
    slug VARCHAR(40) NOT NULL,
    name VARCHAR(100) NOT NULL,
    domains VARCHAR(255)[] NOT NULL,
    position INTEGER NOT NULL,
    connections INTEGER,
    letters_per_connection INTEGER,
    per_second DOUBLE PRECISION,
    per_hour INTEGER,
    quiet_from TIME WITHOUT TIME ZONE,
    quiet_until TIME WITHOUT TIME ZONE,
    jitter_seconds INTEGER NOT NULL,
    warmup JSONB NOT NULL,
    warmup_from TIMESTAMP WITH TIME ZONE,
    paused_at TIMESTAMP WITH TIME ZONE,
    pause_reason VARCHAR NOT NULL,
    CONSTRAINT pk_lane PRIMARY KEY (id),
    CONSTRAINT uq_lane_slug UNIQUE (slug)
);

INSERT INTO lane (slug, name, domains, position, connections, letters_per_connection, jitter_seconds, warmup,
                  pause_reason)
VALUES
  ('docomo', 'NTTドコモ', '{docomo.ne.jp}', 10, 4, 100, 0, '[]', ''),
  ('au', 'au', '{ezweb.ne.jp,au.com,uqmobile.jp}', 20, 4, 100, 0, '[]', ''),
  ('softbank', 'ソフトバンク',
   '{softbank.ne.jp,i.softbank.jp,vodafone.ne.jp,ymobile.ne.jp,disney.ne.jp}', 30, 4, 100, 0, '[]', ''),
  ('gmail', 'Gmail', '{gmail.com,googlemail.com}', 40, NULL, NULL, 0, '[]', ''),
  ('microsoft', 'Microsoft', '{outlook.com,outlook.jp,hotmail.com,hotmail.co.jp,live.com,live.jp,msn.com}',
   50, NULL, NULL, 0, '[]', ''),
  ('yahoo-japan', 'Yahoo! JAPAN', '{yahoo.co.jp,ymail.ne.jp}', 60, NULL, NULL, 0, '[]', ''),
  ('other', 'その他', '{}', 1000, NULL, NULL, 0, '[]', '');

CREATE TABLE relay (
    id SERIAL NOT NULL,
    name VARCHAR(100) NOT NULL,
    url VARCHAR(500) NOT NULL,
    weight INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    CONSTRAINT pk_relay PRIMARY KEY (id),
    CONSTRAINT uq_relay_name UNIQUE (name)
);

CREATE TABLE image (
    digest VARCHAR(64) NOT NULL,
    media_type VARCHAR(20) NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    size INTEGER NOT NULL,
    data BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_image PRIMARY KEY (digest)
);

CREATE TABLE hit (
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    issue_id INTEGER NOT NULL,
    reader BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    method VARCHAR(10) NOT NULL,
    link SMALLINT NOT NULL,
    article_id INTEGER,
    audience_id INTEGER,
    client VARCHAR(45),
    agent VARCHAR(500),
    headers TEXT,
    verdict VARCHAR(20) NOT NULL,
    certainty SMALLINT NOT NULL,
    rules TEXT[] NOT NULL,
    CONSTRAINT pk_hit PRIMARY KEY (at, id),
    CONSTRAINT ck_hit_hitkind CHECK (kind IN ('open', 'click', 'view')),
    CONSTRAINT ck_hit_verdict CHECK (verdict IN ('human', 'proxy', 'prefetch', 'scanner', 'unknown'))
)
 PARTITION BY RANGE (at);

CREATE INDEX ix_hit_issue_id_reader ON hit (issue_id, reader);

DO $$
DECLARE first date := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
  FOR n IN -1..3 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF hit FOR VALUES FROM (%L) TO (%L)',
      'hit_' || to_char(first + n * interval '1 month', 'YYYY_MM'),
      to_char(first + n * interval '1 month', 'YYYY-MM-DD') || ' 00:00Z',
      to_char(first + (n + 1) * interval '1 month', 'YYYY-MM-DD') || ' 00:00Z');
  END LOOP;
END $$;

CREATE TABLE waiting_hit (
    id UUID NOT NULL,
    entry TEXT NOT NULL,
    CONSTRAINT pk_waiting_hit PRIMARY KEY (id)
);

CREATE TABLE stray_hit (
    digest VARCHAR(64) NOT NULL,
    entry TEXT NOT NULL,
    reason VARCHAR(100) NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_stray_hit PRIMARY KEY (digest)
);

CREATE TABLE reading (
    article_id INTEGER NOT NULL,
    reader BIGINT NOT NULL,
    day DATE NOT NULL,
    audience_id INTEGER NOT NULL,
    human SMALLINT NOT NULL,
    unknown SMALLINT NOT NULL,
    CONSTRAINT pk_reading PRIMARY KEY (article_id, reader, day, audience_id)
);

CREATE TABLE readership (
    article_id INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    policy VARCHAR(20) NOT NULL,
    day DATE NOT NULL,
    before DATE NOT NULL,
    readers INTEGER NOT NULL,
    CONSTRAINT pk_readership PRIMARY KEY (article_id, scope, policy, day, before),
    CONSTRAINT ck_readership_policy CHECK (policy IN ('human', 'human+unknown'))
);

CREATE TABLE reach (
    issue_id INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    received INTEGER NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reach PRIMARY KEY (issue_id, scope)
);

CREATE TABLE article_reach (
    article_id INTEGER NOT NULL,
    issue_id INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    received INTEGER NOT NULL,
    CONSTRAINT pk_article_reach PRIMARY KEY (article_id, issue_id, scope)
);

CREATE TABLE tally (
    issue_id INTEGER NOT NULL,
    kind VARCHAR(20) NOT NULL,
    link INTEGER NOT NULL,
    day DATE NOT NULL,
    audience_id INTEGER NOT NULL,
    verdict VARCHAR(20) NOT NULL,
    reason VARCHAR(40) NOT NULL,
    sure BOOLEAN NOT NULL,
    hits INTEGER NOT NULL,
    CONSTRAINT pk_tally PRIMARY KEY (issue_id, kind, link, day, audience_id, verdict, reason, sure),
    CONSTRAINT ck_tally_hitkind CHECK (kind IN ('open', 'click', 'view')),
    CONSTRAINT ck_tally_verdict CHECK (verdict IN ('human', 'proxy', 'prefetch', 'scanner', 'unknown'))
);

CREATE TABLE turnout (
    issue_id INTEGER NOT NULL,
    kind VARCHAR(20) NOT NULL,
    link INTEGER NOT NULL,
    audience_id INTEGER NOT NULL,
    readers INTEGER NOT NULL,
    at_least INTEGER NOT NULL,
    at_most INTEGER NOT NULL,
    CONSTRAINT pk_turnout PRIMARY KEY (issue_id, kind, link, audience_id),
    CONSTRAINT ck_turnout_hitkind CHECK (kind IN ('open', 'click', 'view'))
);

CREATE TABLE detail_cut (
    id INTEGER NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_detail_cut PRIMARY KEY (id)
);

CREATE TABLE topic (
    id SERIAL NOT NULL,
    newsletter_id INTEGER NOT NULL,
    slug VARCHAR(100) NOT NULL,
    name VARCHAR(200) NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_topic PRIMARY KEY (id),
    CONSTRAINT uq_topic_newsletter_id_slug UNIQUE (newsletter_id, slug),
    CONSTRAINT fk_topic_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id)
);

CREATE INDEX ix_topic_newsletter_id ON topic (newsletter_id);

CREATE TABLE audience (
    id SERIAL NOT NULL,
    newsletter_id INTEGER NOT NULL,
    slug VARCHAR(100) NOT NULL,
    name VARCHAR(200) NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_audience PRIMARY KEY (id),
    CONSTRAINT uq_audience_newsletter_id_slug UNIQUE (newsletter_id, slug),
    CONSTRAINT fk_audience_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id)
);

CREATE INDEX ix_audience_newsletter_id ON audience (newsletter_id);

CREATE TABLE issue (
    id SERIAL NOT NULL,
    newsletter_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR(20) NOT NULL,
    state VARCHAR(20) NOT NULL,
    language VARCHAR(2) NOT NULL,
    subject VARCHAR(500) NOT NULL,
    preheader VARCHAR(500) NOT NULL,
    audience VARCHAR(100) NOT NULL,
    segment JSONB NOT NULL,
    blocks JSONB NOT NULL,
    dated DATE,
    correction_of_id INTEGER,
    correction_note VARCHAR NOT NULL,
    corrects_all BOOLEAN NOT NULL,
    ranking JSONB NOT NULL,
    rate DOUBLE PRECISION,
    trouble VARCHAR NOT NULL,
    author_id INTEGER,
    editor_id INTEGER,
    frozen_digest VARCHAR(64) NOT NULL,
    in_repair BOOLEAN NOT NULL,
    repair_asked_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    scheduled_at TIMESTAMP WITH TIME ZONE,
    prepared_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    revision INTEGER NOT NULL,
    words VARCHAR GENERATED ALWAYS AS (issue_words(subject, preheader, blocks)) STORED NOT NULL,
    grams TEXT[] GENERATED ALWAYS AS (search_grams(issue_words(subject, preheader, blocks))) STORED NOT NULL,
    article_slugs TEXT[] GENERATED ALWAYS AS (issue_articles(blocks)) STORED NOT NULL,
    CONSTRAINT pk_issue PRIMARY KEY (id),
    CONSTRAINT uq_issue_newsletter_id_number UNIQUE (newsletter_id, number),
    CONSTRAINT fk_issue_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id),
    CONSTRAINT ck_issue_issuekind CHECK (kind IN ('regular', 'ranking', 'notice', 'correction')),
    CONSTRAINT ck_issue_issuestate CHECK (state IN ('draft', 'in_review', 'approved', 'scheduled', 'preparing', 'sending', 'paused', 'sent', 'cancelled')),
    CONSTRAINT fk_issue_correction_of_id FOREIGN KEY(correction_of_id) REFERENCES issue (id),
    CONSTRAINT fk_issue_author_id FOREIGN KEY(author_id) REFERENCES member (id),
    CONSTRAINT fk_issue_editor_id FOREIGN KEY(editor_id) REFERENCES member (id)
);

CREATE INDEX ix_issue_article_slugs ON issue USING gin (article_slugs);

CREATE INDEX ix_issue_newsletter_id ON issue (newsletter_id);

CREATE INDEX ix_issue_state_scheduled_at ON issue (state, scheduled_at);

CREATE INDEX ix_issue_grams ON issue USING gin (grams);

CREATE TABLE audit_entry (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    member_id INTEGER,
    actor VARCHAR(320) NOT NULL,
    action VARCHAR(60) NOT NULL,
    subject VARCHAR(100) NOT NULL,
    detail JSONB NOT NULL,
    digest VARCHAR(64) NOT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (id),
    CONSTRAINT fk_audit_entry_member_id FOREIGN KEY(member_id) REFERENCES member (id)
);

CREATE INDEX ix_audit_entry_subject ON audit_entry (subject);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE suppression (
    id BIGSERIAL NOT NULL,
    address_hash VARCHAR(64) NOT NULL,
    newsletter_id INTEGER,
    reason VARCHAR(20) NOT NULL,
    note VARCHAR(500) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_suppression PRIMARY KEY (id),
    CONSTRAINT uq_suppression_address_hash_newsletter_id UNIQUE NULLS NOT DISTINCT (address_hash, newsletter_id),
    CONSTRAINT fk_suppression_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id),
    CONSTRAINT ck_suppression_suppressionreason CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'erased', 'staff'))
);

CREATE TABLE article (
    id SERIAL NOT NULL,
    newsletter_id INTEGER NOT NULL,
    slug VARCHAR(100) NOT NULL,
    title VARCHAR(500) NOT NULL,
    language VARCHAR(2) NOT NULL,
    published_on DATE,
    recap VARCHAR NOT NULL,
    address VARCHAR(2000) NOT NULL,
    body VARCHAR NOT NULL,
    figure_image VARCHAR(64) NOT NULL,
    figure_alt VARCHAR NOT NULL,
    figure_caption VARCHAR NOT NULL,
    figure_source VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    words VARCHAR GENERATED ALWAYS AS (search_plain(title) || ' ' || search_plain(recap) || ' ' || search_plain(body) || ' ' || search_plain(figure_caption) || ' ' || search_plain(figure_alt)) STORED NOT NULL,
    grams TEXT[] GENERATED ALWAYS AS (search_grams(search_plain(title) || ' ' || search_plain(recap) || ' ' || search_plain(body) || ' ' || search_plain(figure_caption) || ' ' || search_plain(figure_alt))) STORED NOT NULL,
    CONSTRAINT pk_article PRIMARY KEY (id),
    CONSTRAINT uq_article_newsletter_id_slug UNIQUE (newsletter_id, slug),
    CONSTRAINT fk_article_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id)
);

CREATE INDEX ix_article_grams ON article USING gin (grams);

CREATE INDEX ix_article_newsletter_id ON article (newsletter_id);

CREATE TABLE consent (
    id BIGSERIAL NOT NULL,
    subscriber_id BIGINT,
    newsletter_id INTEGER NOT NULL,
    address_hash VARCHAR(64) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    text VARCHAR NOT NULL,
    text_digest VARCHAR(64) NOT NULL,
    source VARCHAR(200) NOT NULL,
    client VARCHAR(45),
    user_agent VARCHAR(500),
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consent PRIMARY KEY (id),
    CONSTRAINT fk_consent_subscriber_id FOREIGN KEY(subscriber_id) REFERENCES subscriber (id),
    CONSTRAINT fk_consent_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id),
    CONSTRAINT ck_consent_consentkind CHECK (kind IN ('asked', 'confirmed', 'imported', 'changed', 'withdrawn'))
);

CREATE INDEX ix_consent_address_hash ON consent (address_hash);

CREATE INDEX ix_consent_subscriber_id ON consent (subscriber_id);

CREATE FUNCTION consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND NEW.subscriber_id IS NULL AND NEW.client IS NULL AND NEW.user_agent IS NULL
     AND ROW(NEW.id, NEW.newsletter_id, NEW.address_hash, NEW.kind, NEW.text, NEW.text_digest, NEW.source, NEW.at)
         = ROW(OLD.id, OLD.newsletter_id, OLD.address_hash, OLD.kind, OLD.text, OLD.text_digest, OLD.source, OLD.at)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'consent records are append-only';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON consent
FOR EACH ROW EXECUTE FUNCTION consent_is_append_only();

CREATE TABLE notice (
    id BIGSERIAL NOT NULL,
    kind VARCHAR(40) NOT NULL,
    address VARCHAR(320) NOT NULL,
    language VARCHAR(2) NOT NULL,
    newsletter_id INTEGER,
    subscriber_id BIGINT,
    values JSONB NOT NULL,
    state VARCHAR(20) NOT NULL,
    attempts INTEGER NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    answer VARCHAR(500) NOT NULL,
    CONSTRAINT pk_notice PRIMARY KEY (id),
    CONSTRAINT fk_notice_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id),
    CONSTRAINT fk_notice_subscriber_id FOREIGN KEY(subscriber_id) REFERENCES subscriber (id),
    CONSTRAINT ck_notice_noticestate CHECK (state IN ('queued', 'sending', 'accepted', 'failed', 'unknown'))
);

CREATE INDEX ix_notice_state_due_at ON notice (state, due_at);

CREATE INDEX ix_notice_subscriber_id ON notice (subscriber_id);

CREATE TABLE address_change (
    id BIGSERIAL NOT NULL,
    subscriber_id BIGINT NOT NULL,
    address VARCHAR(320),
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_address_change PRIMARY KEY (id),
    CONSTRAINT fk_address_change_subscriber_id FOREIGN KEY(subscriber_id) REFERENCES subscriber (id)
);

CREATE INDEX ix_address_change_subscriber_id ON address_change (subscriber_id);

CREATE TABLE subscription (
    id BIGSERIAL NOT NULL,
    subscriber_id BIGINT NOT NULL,
    newsletter_id INTEGER NOT NULL,
    audience_id INTEGER,
    topic_ids INTEGER[] NOT NULL,
    state VARCHAR(20) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_reason VARCHAR(40) NOT NULL,
    asked JSONB NOT NULL,
    CONSTRAINT pk_subscription PRIMARY KEY (id),
    CONSTRAINT uq_subscription_subscriber_id_newsletter_id UNIQUE (subscriber_id, newsletter_id),
    CONSTRAINT fk_subscription_subscriber_id FOREIGN KEY(subscriber_id) REFERENCES subscriber (id),
    CONSTRAINT fk_subscription_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id),
    CONSTRAINT fk_subscription_audience_id FOREIGN KEY(audience_id) REFERENCES audience (id),
    CONSTRAINT ck_subscription_subscriptionstate CHECK (state IN ('pending', 'active', 'ended'))
);

CREATE INDEX ix_subscription_newsletter_id_state ON subscription (newsletter_id, state);

CREATE TABLE approval (
    id SERIAL NOT NULL,
    issue_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL,
    decision VARCHAR(20) NOT NULL,
    note VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (id),
    CONSTRAINT fk_approval_issue_id FOREIGN KEY(issue_id) REFERENCES issue (id),
    CONSTRAINT fk_approval_member_id FOREIGN KEY(member_id) REFERENCES member (id),
    CONSTRAINT ck_approval_decision CHECK (decision IN ('approved', 'returned'))
);

CREATE INDEX ix_approval_issue_id_digest ON approval (issue_id, digest);

CREATE TABLE batch (
    id SERIAL NOT NULL,
    issue_id INTEGER NOT NULL,
    lane_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    state VARCHAR(20) NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    epoch INTEGER NOT NULL,
    worker VARCHAR(100),
    lease_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_batch PRIMARY KEY (id),
    CONSTRAINT uq_batch_issue_id_lane_id_number UNIQUE (issue_id, lane_id, number),
    CONSTRAINT fk_batch_issue_id FOREIGN KEY(issue_id) REFERENCES issue (id),
    CONSTRAINT fk_batch_lane_id FOREIGN KEY(lane_id) REFERENCES lane (id),
    CONSTRAINT ck_batch_batchstate CHECK (state IN ('open', 'done'))
);

CREATE INDEX ix_batch_state_due_at ON batch (state, due_at);

CREATE TABLE edition (
    issue_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    variant JSONB NOT NULL,
    frozen BYTEA NOT NULL,
    html VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    superseded_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_edition PRIMARY KEY (issue_id, number),
    CONSTRAINT fk_edition_issue_id FOREIGN KEY(issue_id) REFERENCES issue (id)
);

CREATE TABLE link (
    issue_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    url VARCHAR(2000) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    article_id INTEGER,
    corrected_url VARCHAR(2000) NOT NULL,
    CONSTRAINT pk_link PRIMARY KEY (issue_id, number),
    CONSTRAINT fk_link_issue_id FOREIGN KEY(issue_id) REFERENCES issue (id),
    CONSTRAINT fk_link_article_id FOREIGN KEY(article_id) REFERENCES article (id)
);

CREATE INDEX ix_link_article_id ON link (article_id);

CREATE TABLE preparation (
    issue_id INTEGER NOT NULL,
    targeted INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    editions INTEGER NOT NULL,
    batches INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_preparation PRIMARY KEY (issue_id),
    CONSTRAINT fk_preparation_issue_id FOREIGN KEY(issue_id) REFERENCES issue (id)
);

CREATE TABLE article_topic (
    article_id INTEGER NOT NULL,
    topic_id INTEGER NOT NULL,
    CONSTRAINT pk_article_topic PRIMARY KEY (article_id, topic_id),
    CONSTRAINT fk_article_topic_article_id FOREIGN KEY(article_id) REFERENCES article (id) ON DELETE CASCADE,
    CONSTRAINT fk_article_topic_topic_id FOREIGN KEY(topic_id) REFERENCES topic (id) ON DELETE CASCADE
);

CREATE INDEX ix_article_topic_topic_id ON article_topic (topic_id);

CREATE TABLE article_address (
    id SERIAL NOT NULL,
    article_id INTEGER NOT NULL,
    address VARCHAR(2000) NOT NULL,
    language VARCHAR(2) NOT NULL,
    CONSTRAINT pk_article_address PRIMARY KEY (id),
    CONSTRAINT fk_article_address_article_id FOREIGN KEY(article_id) REFERENCES article (id) ON DELETE CASCADE,
    CONSTRAINT uq_article_address_address UNIQUE (address)
);

CREATE INDEX ix_article_address_article_id ON article_address (article_id);
