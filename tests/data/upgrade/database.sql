SET search_path = '';
SET check_function_bodies = false;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';
CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE FUNCTION public.consent_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
  IF TG_OP = 'UPDATE' AND NEW.subscriber_id IS NULL AND NEW.client IS NULL AND NEW.user_agent IS NULL
     AND ROW(NEW.id, NEW.newsletter_id, NEW.address_hash, NEW.kind, NEW.text, NEW.text_digest, NEW.source, NEW.at)
         = ROW(OLD.id, OLD.newsletter_id, OLD.address_hash, OLD.kind, OLD.text, OLD.text_digest, OLD.source, OLD.at)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'consent records are append-only';
END $$;
CREATE FUNCTION public.issue_articles(blocks jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT COALESCE(array_agg(DISTINCT slugs.slug), '{}'::text[]) AS "coalesce"
    FROM ( SELECT (named.named #>> '{}'::text[]) AS slug
            FROM jsonb_path_query(issue_articles.blocks, 'strict $.**."article"'::jsonpath) named(named)
         UNION ALL
          SELECT match.match[1] AS match
            FROM regexp_matches((issue_articles.blocks)::text, 'article:([a-z0-9][a-z0-9-]{0,99})'::text, 'g'::text) match(match)) slugs;
END;
CREATE FUNCTION public.search_plain(markdown text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(regexp_replace(regexp_replace(regexp_replace(NORMALIZE(markdown, NFKC), '\{\{[^}]*\}\}'::text, ''::text, 'g'::text), '\]\([^)]*\)|[][*`\\]'::text, ''::text, 'g'::text), '\s+'::text, ' '::text, 'g'::text), '(?<=[^\u0001-\u024f]) (?=[^\u0001-\u024f])'::text, ''::text, 'g'::text);
CREATE FUNCTION public.issue_words(subject text, preheader text, blocks jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT concat_ws(' '::text, public.search_plain(issue_words.subject), public.search_plain(issue_words.preheader), string_agg(public.search_plain((leaf.leaf #>> '{}'::text[])), ' '::text)) AS concat_ws
    FROM jsonb_path_query(issue_words.blocks, 'strict $.**?(@.type() == "object").keyvalue()'::jsonpath) pair(pair),
     LATERAL jsonb_path_query((pair.pair -> 'value'::text), 'strict $.**?(@.type() == "string")'::jsonpath) leaf(leaf)
   WHERE ((pair.pair ->> 'key'::text) = ANY (ARRAY['text'::text, 'title'::text, 'caption'::text, 'source'::text, 'alt'::text, 'lead'::text, 'recap'::text, 'name'::text, 'items'::text, 'header'::text, 'rows'::text]));
END;
CREATE FUNCTION public.search_grams(words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT COALESCE(array_agg(DISTINCT pairs.pair), '{}'::text[]) AS "coalesce"
    FROM ( SELECT (l.letter || lead(l.letter) OVER (ORDER BY l.place)) AS pair
            FROM unnest(string_to_array(lower(search_grams.words), NULL::text)) WITH ORDINALITY l(letter, place)) pairs
   WHERE ((pairs.pair IS NOT NULL) AND (pairs.pair !~ '\s'::text));
END;
CREATE TABLE public.address_change (
    id bigint NOT NULL,
    subscriber_id bigint NOT NULL,
    address character varying(320),
    asked_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone
);
CREATE SEQUENCE public.address_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.address_change_id_seq OWNED BY public.address_change.id;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.approval (
    id integer NOT NULL,
    issue_id integer NOT NULL,
    member_id integer NOT NULL,
    digest character varying(64) NOT NULL,
    decision character varying(20) NOT NULL,
    note character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ck_approval_decision CHECK (((decision)::text = ANY ((ARRAY['approved'::character varying, 'returned'::character varying])::text[])))
);
CREATE SEQUENCE public.approval_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.approval_id_seq OWNED BY public.approval.id;
CREATE TABLE public.article (
    id integer NOT NULL,
    newsletter_id integer NOT NULL,
    slug character varying(100) NOT NULL,
    title character varying(500) NOT NULL,
    language character varying(2) NOT NULL,
    published_on date,
    recap character varying NOT NULL,
    address character varying(2000) NOT NULL,
    body character varying NOT NULL,
    figure_image character varying(64) NOT NULL,
    figure_alt character varying NOT NULL,
    figure_caption character varying NOT NULL,
    figure_source character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    words character varying GENERATED ALWAYS AS (((((((((public.search_plain((title)::text) || ' '::text) || public.search_plain((recap)::text)) || ' '::text) || public.search_plain((body)::text)) || ' '::text) || public.search_plain((figure_caption)::text)) || ' '::text) || public.search_plain((figure_alt)::text))) STORED NOT NULL,
    grams text[] GENERATED ALWAYS AS (public.search_grams(((((((((public.search_plain((title)::text) || ' '::text) || public.search_plain((recap)::text)) || ' '::text) || public.search_plain((body)::text)) || ' '::text) || public.search_plain((figure_caption)::text)) || ' '::text) || public.search_plain((figure_alt)::text)))) STORED NOT NULL
);
CREATE TABLE public.article_address (
    id integer NOT NULL,
    article_id integer NOT NULL,
    address character varying(2000) NOT NULL,
    language character varying(2) NOT NULL
);
CREATE SEQUENCE public.article_address_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.article_address_id_seq OWNED BY public.article_address.id;
CREATE SEQUENCE public.article_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.article_id_seq OWNED BY public.article.id;
CREATE TABLE public.article_reach (
    article_id integer NOT NULL,
    issue_id integer NOT NULL,
    scope integer NOT NULL,
    received integer NOT NULL
);
CREATE TABLE public.article_topic (
    article_id integer NOT NULL,
    topic_id integer NOT NULL
);
CREATE TABLE public.attempt (
    id bigint NOT NULL,
    issue_id integer NOT NULL,
    subscriber_id bigint NOT NULL,
    number smallint NOT NULL,
    kind character varying(20) NOT NULL,
    stage character varying(10) NOT NULL,
    code smallint NOT NULL,
    enhanced character varying(11) NOT NULL,
    answer character varying(500) NOT NULL,
    relay character varying(100) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.attempt_id_seq OWNED BY public.attempt.id;
CREATE TABLE public.audience (
    id integer NOT NULL,
    newsletter_id integer NOT NULL,
    slug character varying(100) NOT NULL,
    name character varying(200) NOT NULL,
    "position" integer NOT NULL
);
CREATE SEQUENCE public.audience_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audience_id_seq OWNED BY public.audience.id;
CREATE TABLE public.audit_entry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    member_id integer,
    actor character varying(320) NOT NULL,
    action character varying(60) NOT NULL,
    subject character varying(100) NOT NULL,
    detail jsonb NOT NULL,
    digest character varying(64) NOT NULL
);
CREATE SEQUENCE public.audit_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_entry_id_seq OWNED BY public.audit_entry.id;
CREATE TABLE public.batch (
    id integer NOT NULL,
    issue_id integer NOT NULL,
    lane_id integer NOT NULL,
    number integer NOT NULL,
    size integer NOT NULL,
    state character varying(20) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    epoch integer NOT NULL,
    worker character varying(100),
    lease_until timestamp with time zone,
    CONSTRAINT ck_batch_batchstate CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'done'::character varying])::text[])))
);
CREATE SEQUENCE public.batch_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.batch_id_seq OWNED BY public.batch.id;
CREATE TABLE public.consent (
    id bigint NOT NULL,
    subscriber_id bigint,
    newsletter_id integer NOT NULL,
    address_hash character varying(64) NOT NULL,
    kind character varying(20) NOT NULL,
    text character varying NOT NULL,
    text_digest character varying(64) NOT NULL,
    source character varying(200) NOT NULL,
    client character varying(45),
    user_agent character varying(500),
    at timestamp with time zone NOT NULL,
    CONSTRAINT ck_consent_consentkind CHECK (((kind)::text = ANY ((ARRAY['asked'::character varying, 'confirmed'::character varying, 'imported'::character varying, 'changed'::character varying, 'withdrawn'::character varying])::text[])))
);
CREATE SEQUENCE public.consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.consent_id_seq OWNED BY public.consent.id;
CREATE TABLE public.delivery (
    issue_id integer NOT NULL,
    subscriber_id bigint NOT NULL,
    batch_id integer,
    edition smallint NOT NULL,
    lane_id smallint NOT NULL,
    audience_id integer,
    state character varying(20) DEFAULT 'queued'::character varying NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    code smallint,
    enhanced character varying(11),
    answer character varying(500),
    relay character varying(100),
    due_at timestamp with time zone,
    at timestamp with time zone,
    CONSTRAINT ck_delivery_deliverystate CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying, 'accepted'::character varying, 'deferred'::character varying, 'bounced'::character varying, 'failed'::character varying, 'unknown'::character varying, 'suppressed'::character varying])::text[])))
)
WITH (fillfactor='60', autovacuum_vacuum_scale_factor='0.05');
CREATE TABLE public.detail_cut (
    id integer NOT NULL,
    until timestamp with time zone NOT NULL
);
CREATE TABLE public.edition (
    issue_id integer NOT NULL,
    number integer NOT NULL,
    variant jsonb NOT NULL,
    frozen bytea NOT NULL,
    html character varying NOT NULL,
    text character varying NOT NULL,
    size integer NOT NULL,
    digest character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone
);
CREATE TABLE public.hit (
    at timestamp with time zone NOT NULL,
    id uuid NOT NULL,
    issue_id integer NOT NULL,
    reader bigint NOT NULL,
    kind character varying(20) NOT NULL,
    method character varying(10) NOT NULL,
    link smallint NOT NULL,
    article_id integer,
    audience_id integer,
    client character varying(45),
    agent character varying(500),
    headers text,
    verdict character varying(20) NOT NULL,
    certainty smallint NOT NULL,
    rules text[] NOT NULL,
    CONSTRAINT ck_hit_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[]))),
    CONSTRAINT ck_hit_verdict CHECK (((verdict)::text = ANY ((ARRAY['human'::character varying, 'proxy'::character varying, 'prefetch'::character varying, 'scanner'::character varying, 'unknown'::character varying])::text[])))
)
PARTITION BY RANGE (at);
CREATE TABLE public.hit_2026_10 (
    at timestamp with time zone CONSTRAINT hit_at_not_null NOT NULL,
    id uuid CONSTRAINT hit_id_not_null NOT NULL,
    issue_id integer CONSTRAINT hit_issue_id_not_null NOT NULL,
    reader bigint CONSTRAINT hit_reader_not_null NOT NULL,
    kind character varying(20) CONSTRAINT hit_kind_not_null NOT NULL,
    method character varying(10) CONSTRAINT hit_method_not_null NOT NULL,
    link smallint CONSTRAINT hit_link_not_null NOT NULL,
    article_id integer,
    audience_id integer,
    client character varying(45),
    agent character varying(500),
    headers text,
    verdict character varying(20) CONSTRAINT hit_verdict_not_null NOT NULL,
    certainty smallint CONSTRAINT hit_certainty_not_null NOT NULL,
    rules text[] CONSTRAINT hit_rules_not_null NOT NULL,
    CONSTRAINT ck_hit_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[]))),
    CONSTRAINT ck_hit_verdict CHECK (((verdict)::text = ANY ((ARRAY['human'::character varying, 'proxy'::character varying, 'prefetch'::character varying, 'scanner'::character varying, 'unknown'::character varying])::text[])))
);
CREATE TABLE public.hit_2026_11 (
    at timestamp with time zone CONSTRAINT hit_at_not_null NOT NULL,
    id uuid CONSTRAINT hit_id_not_null NOT NULL,
    issue_id integer CONSTRAINT hit_issue_id_not_null NOT NULL,
    reader bigint CONSTRAINT hit_reader_not_null NOT NULL,
    kind character varying(20) CONSTRAINT hit_kind_not_null NOT NULL,
    method character varying(10) CONSTRAINT hit_method_not_null NOT NULL,
    link smallint CONSTRAINT hit_link_not_null NOT NULL,
    article_id integer,
    audience_id integer,
    client character varying(45),
    agent character varying(500),
    headers text,
    verdict character varying(20) CONSTRAINT hit_verdict_not_null NOT NULL,
    certainty smallint CONSTRAINT hit_certainty_not_null NOT NULL,
    rules text[] CONSTRAINT hit_rules_not_null NOT NULL,
    CONSTRAINT ck_hit_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[]))),
    CONSTRAINT ck_hit_verdict CHECK (((verdict)::text = ANY ((ARRAY['human'::character varying, 'proxy'::character varying, 'prefetch'::character varying, 'scanner'::character varying, 'unknown'::character varying])::text[])))
);
CREATE TABLE public.hit_2026_12 (
    at timestamp with time zone CONSTRAINT hit_at_not_null NOT NULL,
    id uuid CONSTRAINT hit_id_not_null NOT NULL,
    issue_id integer CONSTRAINT hit_issue_id_not_null NOT NULL,
    reader bigint CONSTRAINT hit_reader_not_null NOT NULL,
    kind character varying(20) CONSTRAINT hit_kind_not_null NOT NULL,
    method character varying(10) CONSTRAINT hit_method_not_null NOT NULL,
    link smallint CONSTRAINT hit_link_not_null NOT NULL,
    article_id integer,
    audience_id integer,
    client character varying(45),
    agent character varying(500),
    headers text,
    verdict character varying(20) CONSTRAINT hit_verdict_not_null NOT NULL,
    certainty smallint CONSTRAINT hit_certainty_not_null NOT NULL,
    rules text[] CONSTRAINT hit_rules_not_null NOT NULL,
    CONSTRAINT ck_hit_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[]))),
    CONSTRAINT ck_hit_verdict CHECK (((verdict)::text = ANY ((ARRAY['human'::character varying, 'proxy'::character varying, 'prefetch'::character varying, 'scanner'::character varying, 'unknown'::character varying])::text[])))
);
CREATE TABLE public.hit_2027_01 (
    at timestamp with time zone CONSTRAINT hit_at_not_null NOT NULL,
    id uuid CONSTRAINT hit_id_not_null NOT NULL,
    issue_id integer CONSTRAINT hit_issue_id_not_null NOT NULL,
    reader bigint CONSTRAINT hit_reader_not_null NOT NULL,
    kind character varying(20) CONSTRAINT hit_kind_not_null NOT NULL,
    method character varying(10) CONSTRAINT hit_method_not_null NOT NULL,
    link smallint CONSTRAINT hit_link_not_null NOT NULL,
    article_id integer,
    audience_id integer,
    client character varying(45),
    agent character varying(500),
    headers text,
    verdict character varying(20) CONSTRAINT hit_verdict_not_null NOT NULL,
    certainty smallint CONSTRAINT hit_certainty_not_null NOT NULL,
    rules text[] CONSTRAINT hit_rules_not_null NOT NULL,
    CONSTRAINT ck_hit_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[]))),
    CONSTRAINT ck_hit_verdict CHECK (((verdict)::text = ANY ((ARRAY['human'::character varying, 'proxy'::character varying, 'prefetch'::character varying, 'scanner'::character varying, 'unknown'::character varying])::text[])))
);
CREATE TABLE public.hit_2027_02 (
    at timestamp with time zone CONSTRAINT hit_at_not_null NOT NULL,
    id uuid CONSTRAINT hit_id_not_null NOT NULL,
    issue_id integer CONSTRAINT hit_issue_id_not_null NOT NULL,
    reader bigint CONSTRAINT hit_reader_not_null NOT NULL,
    kind character varying(20) CONSTRAINT hit_kind_not_null NOT NULL,
    method character varying(10) CONSTRAINT hit_method_not_null NOT NULL,
    link smallint CONSTRAINT hit_link_not_null NOT NULL,
    article_id integer,
    audience_id integer,
    client character varying(45),
    agent character varying(500),
    headers text,
    verdict character varying(20) CONSTRAINT hit_verdict_not_null NOT NULL,
    certainty smallint CONSTRAINT hit_certainty_not_null NOT NULL,
    rules text[] CONSTRAINT hit_rules_not_null NOT NULL,
    CONSTRAINT ck_hit_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[]))),
    CONSTRAINT ck_hit_verdict CHECK (((verdict)::text = ANY ((ARRAY['human'::character varying, 'proxy'::character varying, 'prefetch'::character varying, 'scanner'::character varying, 'unknown'::character varying])::text[])))
);
CREATE TABLE public.image (
    digest character varying(64) NOT NULL,
    media_type character varying(20) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size integer NOT NULL,
    data bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.issue (
    id integer NOT NULL,
    newsletter_id integer NOT NULL,
    number integer NOT NULL,
    kind character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    language character varying(2) NOT NULL,
    subject character varying(500) NOT NULL,
    preheader character varying(500) NOT NULL,
    audience character varying(100) NOT NULL,
    segment jsonb NOT NULL,
    blocks jsonb NOT NULL,
    dated date,
    correction_of_id integer,
    correction_note character varying NOT NULL,
    corrects_all boolean NOT NULL,
    ranking jsonb NOT NULL,
    rate double precision,
    trouble character varying NOT NULL,
    author_id integer,
    editor_id integer,
    frozen_digest character varying(64) NOT NULL,
    in_repair boolean NOT NULL,
    repair_asked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    scheduled_at timestamp with time zone,
    prepared_at timestamp with time zone,
    sent_at timestamp with time zone,
    revision integer NOT NULL,
    words character varying GENERATED ALWAYS AS (public.issue_words((subject)::text, (preheader)::text, blocks)) STORED NOT NULL,
    grams text[] GENERATED ALWAYS AS (public.search_grams(public.issue_words((subject)::text, (preheader)::text, blocks))) STORED NOT NULL,
    article_slugs text[] GENERATED ALWAYS AS (public.issue_articles(blocks)) STORED NOT NULL,
    CONSTRAINT ck_issue_issuekind CHECK (((kind)::text = ANY ((ARRAY['regular'::character varying, 'ranking'::character varying, 'notice'::character varying, 'correction'::character varying])::text[]))),
    CONSTRAINT ck_issue_issuestate CHECK (((state)::text = ANY ((ARRAY['draft'::character varying, 'in_review'::character varying, 'approved'::character varying, 'scheduled'::character varying, 'preparing'::character varying, 'sending'::character varying, 'paused'::character varying, 'sent'::character varying, 'cancelled'::character varying])::text[])))
);
CREATE SEQUENCE public.issue_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.issue_id_seq OWNED BY public.issue.id;
CREATE TABLE public.lane (
    id integer NOT NULL,
    slug character varying(40) NOT NULL,
    name character varying(100) NOT NULL,
    domains character varying(255)[] NOT NULL,
    "position" integer NOT NULL,
    connections integer,
    letters_per_connection integer,
    per_second double precision,
    per_hour integer,
    quiet_from time without time zone,
    quiet_until time without time zone,
    jitter_seconds integer NOT NULL,
    warmup jsonb NOT NULL,
    warmup_from timestamp with time zone,
    paused_at timestamp with time zone,
    pause_reason character varying NOT NULL
);
CREATE SEQUENCE public.lane_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.lane_id_seq OWNED BY public.lane.id;
CREATE TABLE public.link (
    issue_id integer NOT NULL,
    number integer NOT NULL,
    url character varying(2000) NOT NULL,
    kind character varying(20) NOT NULL,
    article_id integer,
    corrected_url character varying(2000) NOT NULL
);
CREATE TABLE public.member (
    id integer NOT NULL,
    address character varying(320) NOT NULL,
    name character varying(200) NOT NULL,
    password_hash character varying NOT NULL,
    role_names character varying(20)[] NOT NULL,
    totp_secret character varying(64) NOT NULL,
    active boolean NOT NULL,
    session_number integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_login_at timestamp with time zone
);
CREATE SEQUENCE public.member_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.member_id_seq OWNED BY public.member.id;
CREATE TABLE public.newsletter (
    id integer NOT NULL,
    slug character varying(100) NOT NULL,
    name character varying(200) NOT NULL,
    description character varying NOT NULL,
    language character varying(2) NOT NULL,
    tracking character varying(20) NOT NULL,
    open_to_signup boolean NOT NULL,
    public_archive boolean NOT NULL,
    sender_name character varying(200) NOT NULL,
    sender_address character varying(320) NOT NULL,
    postal_address character varying NOT NULL,
    contact character varying NOT NULL,
    reply_to character varying(320) NOT NULL,
    bounce_address character varying(320) NOT NULL,
    list_id character varying(250) NOT NULL,
    consent_text character varying NOT NULL,
    look jsonb NOT NULL,
    fields jsonb NOT NULL,
    embed_images boolean NOT NULL,
    dkim jsonb NOT NULL,
    ranking_lead character varying NOT NULL,
    ranking_closing character varying NOT NULL,
    related_products jsonb NOT NULL,
    approvals_needed integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_newsletter_approvals CHECK ((approvals_needed >= 0)),
    CONSTRAINT ck_newsletter_language CHECK (((language)::text = ANY ((ARRAY['ja'::character varying, 'en'::character varying])::text[]))),
    CONSTRAINT ck_newsletter_tracking CHECK (((tracking)::text = ANY ((ARRAY['individual'::character varying, 'aggregate'::character varying, 'off'::character varying])::text[])))
);
CREATE SEQUENCE public.newsletter_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.newsletter_id_seq OWNED BY public.newsletter.id;
CREATE TABLE public.notice (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    address character varying(320) NOT NULL,
    language character varying(2) NOT NULL,
    newsletter_id integer,
    subscriber_id bigint,
    "values" jsonb NOT NULL,
    state character varying(20) NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    answer character varying(500) NOT NULL,
    CONSTRAINT ck_notice_noticestate CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying, 'accepted'::character varying, 'failed'::character varying, 'unknown'::character varying])::text[])))
);
CREATE SEQUENCE public.notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notice_id_seq OWNED BY public.notice.id;
CREATE TABLE public.preparation (
    issue_id integer NOT NULL,
    targeted integer NOT NULL,
    left_out integer NOT NULL,
    editions integer NOT NULL,
    batches integer NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.reach (
    issue_id integer NOT NULL,
    scope integer NOT NULL,
    received integer NOT NULL,
    counted_at timestamp with time zone NOT NULL
);
CREATE TABLE public.readership (
    article_id integer NOT NULL,
    scope integer NOT NULL,
    policy character varying(20) NOT NULL,
    day date NOT NULL,
    before date NOT NULL,
    readers integer NOT NULL,
    CONSTRAINT ck_readership_policy CHECK (((policy)::text = ANY ((ARRAY['human'::character varying, 'human+unknown'::character varying])::text[])))
);
CREATE TABLE public.reading (
    article_id integer NOT NULL,
    reader bigint NOT NULL,
    day date NOT NULL,
    audience_id integer NOT NULL,
    human smallint NOT NULL,
    unknown smallint NOT NULL
);
CREATE TABLE public.relay (
    id integer NOT NULL,
    name character varying(100) NOT NULL,
    url character varying(500) NOT NULL,
    weight integer NOT NULL,
    active boolean NOT NULL
);
CREATE SEQUENCE public.relay_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.relay_id_seq OWNED BY public.relay.id;
CREATE TABLE public.stray_hit (
    digest character varying(64) NOT NULL,
    entry text NOT NULL,
    reason character varying(100) NOT NULL,
    found_at timestamp with time zone NOT NULL
);
CREATE TABLE public.subscriber (
    id bigint NOT NULL,
    address character varying(320),
    address_key character varying(320),
    address_hash character varying(64),
    domain character varying(255) NOT NULL,
    name character varying(200) NOT NULL,
    kana character varying(200) NOT NULL,
    organisation character varying(200) NOT NULL,
    language character varying(2) NOT NULL,
    fields jsonb NOT NULL,
    tracking_refused boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    erased_at timestamp with time zone
);
CREATE SEQUENCE public.subscriber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.subscriber_id_seq OWNED BY public.subscriber.id;
CREATE TABLE public.subscription (
    id bigint NOT NULL,
    subscriber_id bigint NOT NULL,
    newsletter_id integer NOT NULL,
    audience_id integer,
    topic_ids integer[] NOT NULL,
    state character varying(20) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_reason character varying(40) NOT NULL,
    asked jsonb NOT NULL,
    CONSTRAINT ck_subscription_subscriptionstate CHECK (((state)::text = ANY ((ARRAY['pending'::character varying, 'active'::character varying, 'ended'::character varying])::text[])))
);
CREATE SEQUENCE public.subscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.subscription_id_seq OWNED BY public.subscription.id;
CREATE TABLE public.suppression (
    id bigint NOT NULL,
    address_hash character varying(64) NOT NULL,
    newsletter_id integer,
    reason character varying(20) NOT NULL,
    note character varying(500) NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ck_suppression_suppressionreason CHECK (((reason)::text = ANY ((ARRAY['unsubscribed'::character varying, 'bounced'::character varying, 'complained'::character varying, 'erased'::character varying, 'staff'::character varying])::text[])))
);
CREATE SEQUENCE public.suppression_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.suppression_id_seq OWNED BY public.suppression.id;
CREATE TABLE public.tally (
    issue_id integer NOT NULL,
    kind character varying(20) NOT NULL,
    link integer NOT NULL,
    day date NOT NULL,
    audience_id integer NOT NULL,
    verdict character varying(20) NOT NULL,
    reason character varying(40) NOT NULL,
    sure boolean NOT NULL,
    hits integer NOT NULL,
    CONSTRAINT ck_tally_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[]))),
    CONSTRAINT ck_tally_verdict CHECK (((verdict)::text = ANY ((ARRAY['human'::character varying, 'proxy'::character varying, 'prefetch'::character varying, 'scanner'::character varying, 'unknown'::character varying])::text[])))
);
CREATE TABLE public.topic (
    id integer NOT NULL,
    newsletter_id integer NOT NULL,
    slug character varying(100) NOT NULL,
    name character varying(200) NOT NULL,
    "position" integer NOT NULL
);
CREATE SEQUENCE public.topic_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.topic_id_seq OWNED BY public.topic.id;
CREATE TABLE public.turnout (
    issue_id integer NOT NULL,
    kind character varying(20) NOT NULL,
    link integer NOT NULL,
    audience_id integer NOT NULL,
    readers integer NOT NULL,
    at_least integer NOT NULL,
    at_most integer NOT NULL,
    CONSTRAINT ck_turnout_hitkind CHECK (((kind)::text = ANY ((ARRAY['open'::character varying, 'click'::character varying, 'view'::character varying])::text[])))
);
CREATE TABLE public.waiting_hit (
    id uuid NOT NULL,
    entry text NOT NULL
);
ALTER TABLE ONLY public.hit ATTACH PARTITION public.hit_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');
ALTER TABLE ONLY public.hit ATTACH PARTITION public.hit_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');
ALTER TABLE ONLY public.hit ATTACH PARTITION public.hit_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
ALTER TABLE ONLY public.hit ATTACH PARTITION public.hit_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');
ALTER TABLE ONLY public.hit ATTACH PARTITION public.hit_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');
ALTER TABLE ONLY public.address_change ALTER COLUMN id SET DEFAULT nextval('public.address_change_id_seq'::regclass);
ALTER TABLE ONLY public.approval ALTER COLUMN id SET DEFAULT nextval('public.approval_id_seq'::regclass);
ALTER TABLE ONLY public.article ALTER COLUMN id SET DEFAULT nextval('public.article_id_seq'::regclass);
ALTER TABLE ONLY public.article_address ALTER COLUMN id SET DEFAULT nextval('public.article_address_id_seq'::regclass);
ALTER TABLE ONLY public.attempt ALTER COLUMN id SET DEFAULT nextval('public.attempt_id_seq'::regclass);
ALTER TABLE ONLY public.audience ALTER COLUMN id SET DEFAULT nextval('public.audience_id_seq'::regclass);
ALTER TABLE ONLY public.audit_entry ALTER COLUMN id SET DEFAULT nextval('public.audit_entry_id_seq'::regclass);
ALTER TABLE ONLY public.batch ALTER COLUMN id SET DEFAULT nextval('public.batch_id_seq'::regclass);
ALTER TABLE ONLY public.consent ALTER COLUMN id SET DEFAULT nextval('public.consent_id_seq'::regclass);
ALTER TABLE ONLY public.issue ALTER COLUMN id SET DEFAULT nextval('public.issue_id_seq'::regclass);
ALTER TABLE ONLY public.lane ALTER COLUMN id SET DEFAULT nextval('public.lane_id_seq'::regclass);
ALTER TABLE ONLY public.member ALTER COLUMN id SET DEFAULT nextval('public.member_id_seq'::regclass);
ALTER TABLE ONLY public.newsletter ALTER COLUMN id SET DEFAULT nextval('public.newsletter_id_seq'::regclass);
ALTER TABLE ONLY public.notice ALTER COLUMN id SET DEFAULT nextval('public.notice_id_seq'::regclass);
ALTER TABLE ONLY public.relay ALTER COLUMN id SET DEFAULT nextval('public.relay_id_seq'::regclass);
ALTER TABLE ONLY public.subscriber ALTER COLUMN id SET DEFAULT nextval('public.subscriber_id_seq'::regclass);
ALTER TABLE ONLY public.subscription ALTER COLUMN id SET DEFAULT nextval('public.subscription_id_seq'::regclass);
ALTER TABLE ONLY public.suppression ALTER COLUMN id SET DEFAULT nextval('public.suppression_id_seq'::regclass);
ALTER TABLE ONLY public.topic ALTER COLUMN id SET DEFAULT nextval('public.topic_id_seq'::regclass);
INSERT INTO public.address_change VALUES
	(1, 36, 'moved@town.example', '2026-11-28 22:09:56.507387+00', NULL);
INSERT INTO public.alembic_version VALUES
	('0001');
INSERT INTO public.approval VALUES
	(1, 1, 2, '34106e8345d596ec55afa194b3303cd22a9501cab6ea4f887649241e1bf4a6c0', 'approved', '', '2026-11-28 19:09:57.34958+00'),
	(2, 3, 2, 'bad23105bb9952631a7f1944c8b6ebe0e051b6011a7cabd372311f653b1027bc', 'approved', '', '2026-11-28 22:09:57.535236+00'),
	(3, 4, 2, '9350823e5c16be32fb22887c64d07a1dec785470059c57407eccaca9505c3644', 'approved', '', '2026-11-28 22:09:57.59736+00'),
	(4, 6, 2, 'e73308661aaa2cd881bfc70242cd56a4ec2b6fd3a3ab34be06a27c518d6a33b5', 'approved', '', '2026-11-28 22:10:10.005181+00'),
	(5, 7, 2, '90d7053be9b0c427ecce8b39e9abbf042baa2b7e99c06dce933965ccb162cb2a', 'approved', '', '2026-11-28 22:10:19.892782+00'),
	(6, 8, 2, 'b1c1106312a24613f4542ada1dde293a7835f6de91d338f703eaf52559b2bfe4', 'approved', '', '2026-11-28 22:10:19.943236+00'),
	(7, 11, 2, 'bd6811f7d6bee945987ff861f34f792139b7f4ba6af90351fd21ce501b0b5bb3', 'approved', '', '2026-11-28 22:10:20.019716+00'),
	(8, 12, 2, '7980fd193a3c6d2886bd8e1a344bea6b2e9194dc7d3e6f8ec91c272a90b44e87', 'approved', '', '2026-11-28 22:10:20.06049+00');
INSERT INTO public.article VALUES
	(1, 1, 'article-0', '記事0', 'ja', NULL, '', '', '', '', '', '', '', '2026-11-28 22:09:57.264908+00', '2026-11-28 22:09:57.264916+00', DEFAULT, DEFAULT),
	(2, 1, 'article-1', '記事1', 'ja', NULL, '', '', '', '', '', '', '', '2026-11-28 22:09:57.27606+00', '2026-11-28 22:09:57.276068+00', DEFAULT, DEFAULT),
	(3, 1, 'article-2', '記事2', 'ja', NULL, '', '', '', '', '', '', '', '2026-11-28 22:09:57.286315+00', '2026-11-28 22:09:57.286323+00', DEFAULT, DEFAULT);
INSERT INTO public.article_reach VALUES
	(1, 1, 0, 29),
	(1, 1, 1, 15),
	(1, 1, 2, 13),
	(2, 1, 0, 29),
	(2, 1, 1, 15),
	(2, 1, 2, 13),
	(3, 1, 0, 29),
	(3, 1, 1, 15),
	(3, 1, 2, 13);
INSERT INTO public.attempt VALUES
	(1, 1, 4, 1, 'deferred', 'rcpt', 450, '4.2.0', '4.2.0 try later', '127.0.0.1:40075', '2026-11-28 19:09:58.772276+00'),
	(2, 1, 6, 1, 'bounced', 'rcpt', 550, '5.1.1', '5.1.1 no such user', '127.0.0.1:40075', '2026-11-28 19:09:58.772282+00');
INSERT INTO public.audience VALUES
	(1, 1, 'official', '自治体職員', 0),
	(2, 1, 'citizen', '住民', 1),
	(3, 2, 'official', '自治体職員', 0),
	(4, 2, 'citizen', '住民', 1);
INSERT INTO public.audit_entry VALUES
	(1, '2026-11-28 22:09:52.682082+00', NULL, 'kairan staff add', 'add member', 'member/1', '{"roles": ["author"]}', 'a9f5aee736f2a97dcfa3751ab535e24f19fa1e84df4e28d513ed584d2ad839f5'),
	(2, '2026-11-28 22:09:53.603283+00', NULL, 'kairan staff add', 'add member', 'member/2', '{"roles": ["approver"]}', 'b80983e4ce24cfa6a7a479ee3632fb2081b059c375f897d6e7b609d606013831'),
	(3, '2026-11-28 22:09:54.607262+00', NULL, 'kairan staff add', 'add member', 'member/3', '{"roles": ["sender"]}', '3322d92c0eec1a729ee59997973ea8eb043e1ed4f3b3aff2dbc63f58ba79c6f4'),
	(4, '2026-11-28 22:09:55.632369+00', NULL, 'kairan staff add', 'add member', 'member/4', '{"roles": ["administrator"]}', '66423b2bff94fa50d09113d6cdb3f46468eb6a0d68cce9b0a7f05d572a73918e'),
	(5, '2026-11-28 22:09:56.419077+00', NULL, 'kairan subscriber', 'suppress', 'subscriber/34', '{"newsletter": ""}', 'db6bfccca97fccd50eaf90632c9491e7a90a68d3d0953ac42698d3ae68ad3782'),
	(6, '2026-11-28 22:09:56.436095+00', NULL, 'kairan subscriber', 'erase', 'subscriber/35', '{}', 'bd4778bda15db9a6ed1ee1867840ead4ca64ec4f2017b1d2028ff43c4732564b'),
	(7, '2026-11-28 19:09:57.343133+00', 1, 'author@city.example.jp', 'submit issue', 'issue/1', '{"digest": "34106e8345d596ec55afa194b3303cd22a9501cab6ea4f887649241e1bf4a6c0"}', '357e4eef9dcc6e6289614a9d57191096fa142522c0cbfc5b2ec5f56bcdb35d86'),
	(8, '2026-11-28 19:09:57.387104+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/1', '{"digest": "34106e8345d596ec55afa194b3303cd22a9501cab6ea4f887649241e1bf4a6c0"}', '013beb9e6bbaa0b41dbf6e266828689c86e3e45b81562a6672ec39278b93f360'),
	(9, '2026-11-28 19:09:57.429014+00', 3, 'sender@city.example.jp', 'schedule issue', 'issue/1', '{"at": "2026-11-28T19:09:57.395236+00:00", "digest": "34106e8345d596ec55afa194b3303cd22a9501cab6ea4f887649241e1bf4a6c0"}', '7b91bcb77315d11e9833f92bb0b782b7ed2069fef516958ddfe1c36de6ff8893'),
	(10, '2026-11-28 22:09:57.529376+00', 1, 'author@city.example.jp', 'submit issue', 'issue/3', '{"digest": "bad23105bb9952631a7f1944c8b6ebe0e051b6011a7cabd372311f653b1027bc"}', '0684e8282b12cbe0ab6a81612dc87c34de68b53ffa3c8b64c131f1b42c2f361e'),
	(11, '2026-11-28 22:09:57.555475+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/3', '{"digest": "bad23105bb9952631a7f1944c8b6ebe0e051b6011a7cabd372311f653b1027bc"}', '6aba0981ecc94b062f23f250972e03338b074859f0b96c045344260cfe55f5c1'),
	(12, '2026-11-28 22:09:57.571823+00', 3, 'sender@city.example.jp', 'schedule issue', 'issue/3', '{"at": "2026-11-28T22:09:57.559268+00:00", "digest": "bad23105bb9952631a7f1944c8b6ebe0e051b6011a7cabd372311f653b1027bc"}', 'c496ed186abad79c0adebe7dcde0ebc7b5a7ff54379f9ff7fa11a4f3da8d606a'),
	(13, '2026-11-28 22:09:57.595736+00', 1, 'author@city.example.jp', 'submit issue', 'issue/4', '{"digest": "9350823e5c16be32fb22887c64d07a1dec785470059c57407eccaca9505c3644"}', '4fd1848d7e4f54743d0e183c35d53c2d898513242771ae466fad70ff46e1882b'),
	(14, '2026-11-28 22:09:57.6101+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/4', '{"digest": "9350823e5c16be32fb22887c64d07a1dec785470059c57407eccaca9505c3644"}', '437f6ce7fbb4f7b9bef19e7c24bc3f6f60835d7f305d19f9722acf822a35aefe'),
	(15, '2026-11-28 22:09:57.644829+00', 3, 'sender@city.example.jp', 'schedule issue', 'issue/4', '{"at": "2026-11-28T22:09:57.615170+00:00", "digest": "9350823e5c16be32fb22887c64d07a1dec785470059c57407eccaca9505c3644"}', '37a7f669e3bbb63e7414d0b5e7fc134b6388d9ff72e85868b2d9332e11566e26'),
	(16, '2026-11-28 22:10:00.428538+00', 3, 'sender@city.example.jp', 'pause issue', 'issue/3', '{"digest": "bad23105bb9952631a7f1944c8b6ebe0e051b6011a7cabd372311f653b1027bc"}', '8c9cc9a419ff583b65967233ecc1a4f5541c7f85fcdad9b64fb8cf5b2a933089'),
	(17, '2026-11-28 22:10:00.467053+00', 3, 'sender@city.example.jp', 'cancel issue', 'issue/4', '{"digest": "9350823e5c16be32fb22887c64d07a1dec785470059c57407eccaca9505c3644"}', 'da3413b424fe60cf6ce556a10e078eeda5b7179b6874a2b27b425e8e504faeb4'),
	(18, '2026-11-28 22:10:00.474355+00', 3, 'sender@city.example.jp', 'log in', '', '{}', '186d56e4c9a023cd41bb7188160d15885ded5dfdefab96832c90a54af13407ad'),
	(19, '2026-11-28 22:10:09.894903+00', NULL, 'kairan ranking', 'draft ranking', 'issue/5', '{"query": {"from": "2026-01-01", "topic": "", "until": "2027-01-01", "period": "2026", "policy": "human", "measure": "readers", "audience": "", "first_days": 30, "newsletter": "ict"}}', '6140495d532cd6b0d66b7330ab69cf4c38f076f74a98802ab00323959859b565'),
	(20, '2026-11-28 22:10:09.951707+00', 3, 'sender@city.example.jp', 'issue certificate', 'issue/1', '{"digest": "d0cbab68a1a05cb41d9b18a5784a43b3127e520fd0824d8bddccc14f48f30615", "bounced": 1, "accepted": 29, "deferred": 1, "targeted": 34, "suppressed": 3}', '7a0882a150c45a8453d462c935fd5b38b7c5f27c9b10230203a83815454ca552'),
	(21, '2026-11-28 22:10:09.997497+00', 1, 'author@city.example.jp', 'submit issue', 'issue/6', '{"digest": "e73308661aaa2cd881bfc70242cd56a4ec2b6fd3a3ab34be06a27c518d6a33b5"}', '8e0a842472e2fccb3ffc0fc3dfde9cb7d5e20ee6c030bda3f21d85005022567f'),
	(22, '2026-11-28 22:10:10.031255+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/6', '{"digest": "e73308661aaa2cd881bfc70242cd56a4ec2b6fd3a3ab34be06a27c518d6a33b5"}', '3b9cbbf1e943957174e0877b70f5a13531376389a173c5478bb7ad55ccfca6d0'),
	(23, '2026-11-28 22:10:10.047575+00', 3, 'sender@city.example.jp', 'schedule issue', 'issue/6', '{"at": "2026-11-28T22:10:10.039193+00:00", "digest": "e73308661aaa2cd881bfc70242cd56a4ec2b6fd3a3ab34be06a27c518d6a33b5"}', '4337a0598ce41aa27561a331a43944f1c2268b3523d6e9d9fbf465bea0958740'),
	(24, '2026-11-28 22:10:19.891148+00', 1, 'author@city.example.jp', 'submit issue', 'issue/7', '{"digest": "90d7053be9b0c427ecce8b39e9abbf042baa2b7e99c06dce933965ccb162cb2a"}', '6d34500a359d85f9fcbd9bfe2042792782a829497f0e3a5826d7294e9856e50a'),
	(25, '2026-11-28 22:10:19.909056+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/7', '{"digest": "90d7053be9b0c427ecce8b39e9abbf042baa2b7e99c06dce933965ccb162cb2a"}', '1c9eb4912de2db2dcd289fc410bb97f929b8fe47958380d2d81417e248a80d25'),
	(26, '2026-11-28 22:10:19.919717+00', 3, 'sender@city.example.jp', 'schedule issue', 'issue/7', '{"at": "2026-11-28T22:10:19.910019+00:00", "digest": "90d7053be9b0c427ecce8b39e9abbf042baa2b7e99c06dce933965ccb162cb2a"}', '4f5556b616d60a492c5adc5d2e8865c78c6f2b29d71f99c2a6a3da36a337c52f'),
	(27, '2026-11-28 22:10:19.941712+00', 1, 'author@city.example.jp', 'submit issue', 'issue/8', '{"digest": "b1c1106312a24613f4542ada1dde293a7835f6de91d338f703eaf52559b2bfe4"}', '4f143871d6f345fef8caee5226441d4c93f03244fe330c23ed5b7e3ef7daf7c9'),
	(28, '2026-11-28 22:10:19.955513+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/8', '{"digest": "b1c1106312a24613f4542ada1dde293a7835f6de91d338f703eaf52559b2bfe4"}', '5684f62ee99055d4071c91fbb4ee9c5e6755a48b6dd7b0375c5bd326f71d731c'),
	(29, '2026-11-28 22:10:19.963653+00', 3, 'sender@city.example.jp', 'schedule issue', 'issue/8', '{"at": "2026-11-28T22:10:19.956303+00:00", "digest": "b1c1106312a24613f4542ada1dde293a7835f6de91d338f703eaf52559b2bfe4"}', '7e937ecc251559dc049e5ae0c09910eaa112b29bd369cda371b98ef84ac42605'),
	(30, '2026-11-28 22:10:19.996824+00', 1, 'author@city.example.jp', 'submit issue', 'issue/10', '{"digest": "ab7395874083d1b1010a444597588f946513bfea355ab8d74977d557d1f26ed2"}', '3c15fa359f2033cc9ceb37f18014e25515bac93d93ec5c6f4ea7ce4497ee3c67'),
	(31, '2026-11-28 22:10:20.014985+00', 1, 'author@city.example.jp', 'submit issue', 'issue/11', '{"digest": "bd6811f7d6bee945987ff861f34f792139b7f4ba6af90351fd21ce501b0b5bb3"}', 'dc29df96b59f39b94e72fbc9f9d0a80188d4b3a5a864ff28caf1b3a24c30aba3'),
	(32, '2026-11-28 22:10:20.032433+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/11', '{"digest": "bd6811f7d6bee945987ff861f34f792139b7f4ba6af90351fd21ce501b0b5bb3"}', 'e8473161520b1741209e5fc4500b90e55104450058eb315091f6c578e1885529'),
	(33, '2026-11-28 22:10:20.058799+00', 1, 'author@city.example.jp', 'submit issue', 'issue/12', '{"digest": "7980fd193a3c6d2886bd8e1a344bea6b2e9194dc7d3e6f8ec91c272a90b44e87"}', '959c88448359316907b89902940adc91a64d675bcd296e15c6eac520cfffdb5c'),
	(34, '2026-11-28 22:10:20.078248+00', 2, 'approver@city.example.jp', 'approve issue', 'issue/12', '{"digest": "7980fd193a3c6d2886bd8e1a344bea6b2e9194dc7d3e6f8ec91c272a90b44e87"}', '33237e59ad8639d4b1c5a771d90edcdba32fa6777f177394c544fdcd482e7efc'),
	(35, '2026-11-28 22:10:20.087618+00', 3, 'sender@city.example.jp', 'schedule issue', 'issue/12', '{"at": "2126-11-04T22:10:20.035170+00:00", "digest": "7980fd193a3c6d2886bd8e1a344bea6b2e9194dc7d3e6f8ec91c272a90b44e87"}', '6afad7d678e5db5e07f3b4932550120f27db95274f01add44e3d499addaabec2');
INSERT INTO public.batch VALUES
	(9, 4, 7, 0, 10, 'done', '2026-11-28 22:10:00.160866+00', 1, NULL, NULL),
	(14, 6, 7, 1, 10, 'open', '2026-11-28 22:10:10.158398+00', 1, 'vm/e01ae83a-4026531836/22388/297564', '2026-11-28 22:10:24.719439+00'),
	(17, 7, 7, 0, 10, 'open', '2026-11-28 22:10:20.128288+00', 0, NULL, NULL),
	(18, 7, 7, 1, 10, 'open', '2026-11-28 22:10:20.128288+00', 0, NULL, NULL),
	(1, 1, 7, 0, 10, 'open', '2026-11-28 22:12:00+00', 1, NULL, NULL),
	(19, 7, 7, 2, 10, 'open', '2026-11-28 22:10:20.128288+00', 0, NULL, NULL),
	(20, 7, 7, 3, 1, 'open', '2026-11-28 22:10:20.128288+00', 0, NULL, NULL),
	(2, 1, 7, 1, 10, 'done', '2026-11-28 19:09:57.792246+00', 1, NULL, NULL),
	(3, 1, 7, 2, 10, 'done', '2026-11-28 19:09:57.792246+00', 1, NULL, NULL),
	(4, 1, 7, 3, 1, 'done', '2026-11-28 19:09:57.792246+00', 1, NULL, NULL),
	(5, 3, 7, 0, 10, 'open', '2026-11-28 22:09:59.813559+00', 0, NULL, NULL),
	(6, 3, 7, 1, 10, 'open', '2026-11-28 22:09:59.813559+00', 0, NULL, NULL),
	(7, 3, 7, 2, 10, 'open', '2026-11-28 22:09:59.813559+00', 0, NULL, NULL),
	(8, 3, 7, 3, 1, 'open', '2026-11-28 22:09:59.813559+00', 0, NULL, NULL),
	(10, 4, 7, 1, 10, 'open', '2026-11-28 22:10:00.160866+00', 0, NULL, NULL),
	(11, 4, 7, 2, 10, 'open', '2026-11-28 22:10:00.160866+00', 0, NULL, NULL),
	(12, 4, 7, 3, 1, 'open', '2026-11-28 22:10:00.160866+00', 0, NULL, NULL),
	(15, 6, 7, 2, 10, 'open', '2026-11-28 22:10:10.158398+00', 0, NULL, NULL),
	(16, 6, 7, 3, 1, 'open', '2026-11-28 22:10:10.158398+00', 0, NULL, NULL),
	(13, 6, 7, 0, 10, 'done', '2026-11-28 22:10:10.158398+00', 1, NULL, NULL);
INSERT INTO public.consent VALUES
	(1, 31, 1, 'ca9785ca1f749ac45869f6e62167551a02755e24ee6198e2fd956390195c5251', 'withdrawn', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'one-click', '192.0.2.7', 'Mail/1', '2026-11-28 22:09:56.371609+00'),
	(2, 37, 1, '4e35f1935d68320e6ef081937d25d24fc6c2c8aa8ccb9112971acf510af08aa2', 'asked', '配信に同意します', 'e4bad02c54ecd5e4d8d621add978e86a007ec71e3567d1f252cc51762d7dd9ef', 'form', '192.0.2.1', 'Browser/1', '2026-11-28 22:09:56.577005+00');
INSERT INTO public.delivery VALUES
	(1, 32, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: bounced', NULL, NULL, '2026-11-28 19:09:57.792246+00'),
	(1, 33, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: complained', NULL, NULL, '2026-11-28 19:09:57.792246+00'),
	(1, 34, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: staff', NULL, NULL, '2026-11-28 19:09:57.792246+00'),
	(3, 32, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: bounced', NULL, NULL, '2026-11-28 22:09:59.813559+00'),
	(1, 36, 4, 1, 7, NULL, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.491762+00'),
	(1, 11, 2, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 12, 2, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 13, 2, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 14, 2, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 15, 2, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 16, 2, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 1, 1, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 2, 1, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 3, 1, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 5, 1, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 7, 1, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 8, 1, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 9, 1, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 10, 1, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.761205+00'),
	(1, 4, 1, 1, 7, 2, 'deferred', 1, 450, '4.2.0', '4.2.0 try later', '127.0.0.1:40075', '2026-11-28 22:12:00+00', '2026-11-28 19:09:58.767875+00'),
	(1, 6, 1, 1, 7, 2, 'bounced', 1, 550, '5.1.1', '5.1.1 no such user', '127.0.0.1:40075', NULL, '2026-11-28 19:09:58.769037+00'),
	(1, 17, 2, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 18, 2, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 19, 2, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 20, 2, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.047771+00'),
	(1, 21, 3, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 22, 3, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 23, 3, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 24, 3, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 25, 3, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 26, 3, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 27, 3, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 28, 3, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 29, 3, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(1, 30, 3, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:40075', NULL, '2026-11-28 19:09:59.343381+00'),
	(3, 33, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: complained', NULL, NULL, '2026-11-28 22:09:59.813559+00'),
	(3, 34, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: staff', NULL, NULL, '2026-11-28 22:09:59.813559+00'),
	(3, 1, 5, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 2, 5, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 3, 5, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 4, 5, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 5, 5, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 6, 5, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 7, 5, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 8, 5, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 9, 5, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 10, 5, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 11, 6, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 12, 6, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 13, 6, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.delivery VALUES
	(3, 14, 6, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 15, 6, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 16, 6, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 17, 6, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 18, 6, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 19, 6, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 20, 6, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 21, 7, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 22, 7, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 23, 7, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 24, 7, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 25, 7, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 26, 7, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 27, 7, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 28, 7, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 29, 7, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 30, 7, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(3, 36, 8, 1, 7, NULL, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 32, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: bounced', NULL, NULL, '2026-11-28 22:10:00.160866+00'),
	(4, 33, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: complained', NULL, NULL, '2026-11-28 22:10:00.160866+00'),
	(4, 34, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: staff', NULL, NULL, '2026-11-28 22:10:00.160866+00'),
	(4, 11, 10, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 12, 10, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 13, 10, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 14, 10, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 15, 10, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 16, 10, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 17, 10, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 18, 10, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 19, 10, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 20, 10, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 21, 11, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 22, 11, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 23, 11, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 24, 11, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 25, 11, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 26, 11, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 1, 9, 1, 7, 1, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 2, 9, 1, 7, 2, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 3, 9, 1, 7, 1, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 4, 9, 1, 7, 2, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 5, 9, 1, 7, 1, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 6, 9, 1, 7, 2, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 7, 9, 1, 7, 1, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 8, 9, 1, 7, 2, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 9, 9, 1, 7, 1, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 10, 9, 1, 7, 2, 'suppressed', 0, NULL, NULL, 'cancelled', NULL, NULL, '2026-11-28 22:10:19.567509+00'),
	(4, 27, 11, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 28, 11, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 29, 11, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.delivery VALUES
	(4, 30, 11, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 36, 12, 1, 7, NULL, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 32, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: bounced', NULL, NULL, '2026-11-28 22:10:10.158398+00'),
	(6, 33, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: complained', NULL, NULL, '2026-11-28 22:10:10.158398+00'),
	(6, 34, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: staff', NULL, NULL, '2026-11-28 22:10:10.158398+00'),
	(6, 21, 15, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 22, 15, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 23, 15, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 24, 15, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 25, 15, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 26, 15, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 27, 15, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 28, 15, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 29, 15, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 30, 15, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 36, 16, 1, 7, NULL, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 11, 14, 1, 7, 1, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.683667+00'),
	(6, 12, 14, 1, 7, 2, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.683667+00'),
	(6, 13, 14, 1, 7, 1, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.683667+00'),
	(6, 14, 14, 1, 7, 2, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.683667+00'),
	(6, 15, 14, 1, 7, 1, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.683667+00'),
	(6, 16, 14, 1, 7, 2, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.683667+00'),
	(6, 17, 14, 1, 7, 1, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.723131+00'),
	(6, 18, 14, 1, 7, 2, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.723131+00'),
	(6, 19, 14, 1, 7, 1, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.723131+00'),
	(6, 20, 14, 1, 7, 2, 'sending', 1, NULL, NULL, NULL, NULL, NULL, '2026-11-28 22:10:19.723131+00'),
	(6, 1, 13, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 2, 13, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 3, 13, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 4, 13, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 5, 13, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 6, 13, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 7, 13, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 8, 13, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 9, 13, 1, 7, 1, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(6, 10, 13, 1, 7, 2, 'accepted', 1, 250, '2.0.0', '2.0.0 Ok: queued as 4fX2', '127.0.0.1:42585', NULL, '2026-11-28 22:10:19.455283+00'),
	(7, 32, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: bounced', NULL, NULL, '2026-11-28 22:10:20.128288+00'),
	(7, 33, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: complained', NULL, NULL, '2026-11-28 22:10:20.128288+00'),
	(7, 34, NULL, 1, 7, NULL, 'suppressed', 0, NULL, NULL, 'suppressed: staff', NULL, NULL, '2026-11-28 22:10:20.128288+00'),
	(7, 1, 17, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 2, 17, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 3, 17, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 4, 17, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 5, 17, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 6, 17, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 7, 17, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 8, 17, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 9, 17, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 10, 17, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 11, 18, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.delivery VALUES
	(7, 12, 18, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 13, 18, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 14, 18, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 15, 18, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 16, 18, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 17, 18, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 18, 18, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 19, 18, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 20, 18, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 21, 19, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 22, 19, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 23, 19, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 24, 19, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 25, 19, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 26, 19, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 27, 19, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 28, 19, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 29, 19, 1, 7, 1, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 30, 19, 1, 7, 2, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
	(7, 36, 20, 1, 7, NULL, 'queued', 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.detail_cut VALUES
	(1, '2026-08-30 22:10:08.849659+00');
INSERT INTO public.edition VALUES
	(1, 1, '{"met": []}', '\x4b414952414e2d45444954494f4e01000002cc7b22626f6479223a5b3131322c5b2270617274222c3137352c5b22746f6b656e222c2276696577225d2c3135302c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c226e6f6e65225d2c39372c5b22746f6b656e222c22636c69636b225d2c35302c5b22746f6b656e222c22636c69636b225d2c35302c5b22746f6b656e222c22636c69636b225d2c35302c5b22746f6b656e222c22636c69636b225d2c3435342c5b22746f6b656e222c22756e737562736372696265225d2c36322c5b22746f6b656e222c22707265666572656e636573225d2c36372c5b22746f6b656e222c22636c69636b225d2c325d2c3131312c5b2270617274222c333232382c5b22746f6b656e222c2276696577225d2c3938352c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c2268746d6c225d2c36332c5b22746f6b656e222c22636c69636b225d2c3831372c5b22746f6b656e222c22636c69636b225d2c3930342c5b22746f6b656e222c22636c69636b225d2c3930342c5b22746f6b656e222c22636c69636b225d2c313334382c5b22746f6b656e222c22756e737562736372696265225d2c3232392c5b22746f6b656e222c22707265666572656e636573225d2c3233372c5b22746f6b656e222c22636c69636b225d2c3631382c5b22746f6b656e222c22636c69636b225d2c3230352c5b22746f6b656e222c226f70656e225d2c3235385d2c33365d2c2268656164657273223a5b37342c5b22686561646572222c22746f225d2c35352c5b22686561646572222c2264617465225d2c31352c5b22746f6b656e222c226d657373616765225d2c3134322c5b22746f6b656e222c22756e737562736372696265225d2c35352c5b22746f6b656e222c22756e737562736372696265225d2c39372c5b22746f6b656e222c22707265666572656e636573225d2c3332365d7d46726f6d3a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c69637440636974792e6578616d706c652e6a703e0d0a546f3a200d0a5375626a6563743a203d3f5554462d383f423f36594342354c2b68357269493434472f3434477535592b333f3d0d0a446174653a200d0a4d6573736167652d49443a203c40636974792e6578616d706c652e6a703e0d0a4c6973742d49643a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c6963742e636974792e6578616d706c652e6a703e0d0a4c6973742d556e7375627363726962653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d756e7375627363726962652532303e0d0a4c6973742d556e7375627363726962652d506f73743a204c6973742d556e7375627363726962653d4f6e652d436c69636b0d0a4c6973742d48656c703a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d68656c703e0d0a4c6973742d417263686976653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963743e0d0a466565646261636b2d49443a20313a6963743a726567756c61723a636974796578616d706c656a700d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a436f6e74656e742d4c616e67756167653a206a610d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f37623963343865376537366661313331626562316438376561356536220d0a2d2d3d5f376239633438653765373666613133316265623164383765613565360d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0ae887aae6b2bbe4bd93494354e381a0e38288e3828a20e7acac31e58fb70d0a32303236e5b9b43131e69c883239e697a528e697a5290d0a0d0ae382a6e382a7e38396e789880d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f310d0ae38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae98081e4bfa1e6b888e381bfe381aee58fb70d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38081e38193e38293e381abe381a1e381afe38082e6898be5bc95e38292e8aaade382805b315d0d0a0d0a5b315d20e6898be5bc95e38292e8aaade382800d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f0d0a0d0ae296a020e8a898e4ba8b300d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f0d0a0d0ae296a020e8a898e4ba8b310d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f332f0d0a0d0ae296a020e8a898e4ba8b320d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f342f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae38193e381aee383a1e383bce383abe381abe381a4e38184e381a60d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a60d0ae38184e381bee38199e380820d0a0d0ae799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0ae68980e59ca8e59cb03a20e380923030302d3030303020e381bfe381aae381a8e5b882e4b8ade5a4ae312d310d0ae3818ae5958fe38184e59088e3828fe3819b3a2069637440636974792e6578616d706c652e6a700d0a0d0ae9858de4bfa1e38292e5819ce6ada2e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f0d0ae799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f0d0ae38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f352f0d0a2d2d3d5f376239633438653765373666613133316265623164383765613565360d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d226a6122206469723d226c74722220786d6c6e733a6f3d2275726e3a736368656d61732d6d6963726f736f66742d636f6d3a6f66666963653a6f6666696365223e0d0a3c686561643e0d0a3c6d65746120636861727365743d227574662d38223e0d0a3c6d657461206e616d653d2276696577706f72742220636f6e74656e743d2277696474683d6465766963652d77696474682c696e697469616c2d7363616c653d31223e0d0a3c6d657461206e616d653d22636f6c6f722d736368656d652220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22666f726d61742d646574656374696f6e2220636f6e74656e743d2274656c6570686f6e653d6e6f2c646174653d6e6f2c616464726573733d6e6f2c656d61696c3d6e6f2c75726c3d6e6f223e0d0a3c6d657461206e616d653d22782d6170706c652d64697361626c652d6d6573736167652d7265666f726d617474696e67223e0d0a3c7469746c653ee98081e4bfa1e6b888e381bfe381aee58fb73c2f7469746c653e0d0a3c212d2d5b6966206d736f5d3e3c786d6c3e3c6f3a4f6666696365446f63756d656e7453657474696e67733e3c6f3a506978656c73506572496e63683e39363c2f6f3a506978656c73506572496e63683e3c2f6f3a4f6666696365446f63756d656e7453657474696e67733e3c2f786d6c3e3c7374796c653e626f64792c7461626c652c74642c74682c702c6c692c612c68312c68322c68337b666f6e742d66616d696c793a22597520476f74686963222c224d656972796f222c73616e732d736572696621696d706f7274616e747d756c2c6f6c7b6d617267696e2d6c6566743a3238707821696d706f7274616e743b70616464696e673a3021696d706f7274616e747d696d677b2d6d732d696e746572706f6c6174696f6e2d6d6f64653a626963756269637d3c2f7374796c653e3c215b656e6469665d2d2d3e0d0a3c7374796c653e3a726f6f747b636f6c6f722d736368656d653a6c69676874206461726b3b737570706f727465642d636f6c6f722d736368656d65733a6c69676874206461726b7d615b782d6170706c652d646174612d6465746563746f72735d7b636f6c6f723a696e686572697421696d706f7274616e743b746578742d6465636f726174696f6e3a6e6f6e6521696d706f7274616e747d406d6564696120286d61782d77696474683a3438307078297b2e6775747465727b70616464696e673a302030203332707821696d706f7274616e747d2e746f707b70616464696e673a31327078203230707821696d706f7274616e747d2e706167657b70616464696e673a323670782032307078203136707821696d706f7274616e747d2e666f6f747b70616464696e673a323470782032307078203021696d706f7274616e747d2e696e7365747b70616464696e673a3138707820313670782032707821696d706f7274616e747d68317b666f6e742d73697a653a3233707821696d706f7274616e747d2e646174617b666f6e742d73697a653a3134707821696d706f7274616e747d2e646174612074682c2e646174612074647b70616464696e673a3870782036707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c7374796c653e406d656469612028707265666572732d636f6c6f722d736368656d653a6461726b297b2e67726f756e647b6261636b67726f756e642d636f6c6f723a2330663134316121696d706f7274616e747d2e73686565747b6261636b67726f756e642d636f6c6f723a2331373166323721696d706f7274616e743b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792c2e636f70792068312c2e636f70792068322c2e636f70792068337b636f6c6f723a2365396564663121696d706f7274616e747d2e6f757465722c2e6f757465722068327b636f6c6f723a2361656238633221696d706f7274616e747d2e736f66742c696d677b636f6c6f723a2361656238633221696d706f7274616e747d2e636f707920617b636f6c6f723a2339376236643221696d706f7274616e747d2e6f7574657220617b636f6c6f723a2339376236643221696d706f7274616e747d2e636f7079202e616363656e747b636f6c6f723a2339666234633721696d706f7274616e747d2e70616e656c2c2e646174612074686561642074687b6261636b67726f756e642d636f6c6f723a2332353263333421696d706f7274616e747d2e6e6f746963657b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792068322c2e636172642c2e636869707320612c2e646174612074682c2e646174612074647b626f726465722d636f6c6f723a2333393430343721696d706f7274616e747d2e636f7079202e66697273747b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e627574746f6e7b6261636b67726f756e642d636f6c6f723a2339666234633721696d706f7274616e747d2e636f7079202e627574746f6e20617b636f6c6f723a2331373166323721696d706f7274616e747d2e6c6f676f7b6261636b67726f756e642d636f6c6f723a2366666666666621696d706f7274616e743b70616464696e673a36707821696d706f7274616e743b626f726465722d7261646975733a34707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d2267726f756e6422207374796c653d226d617267696e3a303b2070616464696e673a303b202d7765626b69742d746578742d73697a652d61646a7573743a313030253b206261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e0d0a3c64697620726f6c653d2261727469636c652220617269612d726f6c656465736372697074696f6e3d22656d61696c2220617269612d6c6162656c3d22e98081e4bfa1e6b888e381bfe381aee58fb722206c616e673d226a6122206469723d226c7472223e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2267726f756e64222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e3c74723e3c746420616c69676e3d2263656e7465722220636c6173733d2267757474657222207374796c653d2270616464696e673a3136707820313270782034307078223e0d0a3c212d2d5b6966206d736f5d3e3c7461626c6520726f6c653d2270726573656e746174696f6e222077696474683d22363430222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d2230223e3c74723e3c74643e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d226672616d65222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226d61782d77696474683a3634307078223e0d0a3c74723e3c746420636c6173733d226f7574657220746f7022207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a72696768743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a30203434707820313270782220616c69676e3d227269676874223e3c64697620726f6c653d2262616e6e6572223e0d0a3c6120687265663d22236d61696e22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee69cace69687e381b8e980b2e382803c2f613e20c2a0203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b3c2f613e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d22736865657420636f7079207061676522207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b206261636b67726f756e642d636f6c6f723a236666663b2070616464696e673a33367078203434707820323870783b20626f726465722d746f703a36707820736f6c696420233164346637632220616c69676e3d226c65667422206267636f6c6f723d2223666666666666223e3c64697620726f6c653d226d61696e222069643d226d61696e223e0d0a3c7020636c6173733d226d61737420616363656e7422207374796c653d226d617267696e3a302030203270783b206c696e652d6865696768743a312e363b20636f6c6f723a23316434663763223e3c7374726f6e673ee887aae6b2bbe4bd93494354e381a0e38288e3828a3c2f7374726f6e673e3c2f703e0d0a3c7020636c6173733d22736f667420736d616c6c22207374796c653d226d617267696e3a30203020313470783b20636f6c6f723a233532363036643b20666f6e742d73697a653a31347078223ee7acac31e58fb720c2a02032303236e5b9b43131e69c883239e697a528e697a5293c2f703e0d0a3c6831207374796c653d226d617267696e3a31327078203020323870783b20666f6e742d73697a653a323670783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e797768657265223ee98081e4bfa1e6b888e381bfe381ae3c7762723ee58fb73c2f68313e0d0a3c70207374796c653d226d617267696e3a3020302031387078223ee38081e38193e38293e381abe381a1e381afe380823c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee6898be5bc95e38292e8aaade382803c2f613e3c2f703e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2263617264222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d22626f726465723a31707820736f6c696420236462646464653b20626f726465722d7261646975733a3670783b206d617267696e3a3020302032307078223e3c74723e3c746420636c6173733d22636f707920696e73657422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b2070616464696e673a323070782032347078203670782220616c69676e3d226c656674223e0d0a3c6832207374796c653d226d617267696e3a302030203870783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313870783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee8a898e4ba8b303c2f613e3c2f68323e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c70207374796c653d226d617267696e3a303b6c696e652d6865696768743a32307078223e266e6273703b3c2f703e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2263617264222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d22626f726465723a31707820736f6c696420236462646464653b20626f726465722d7261646975733a3670783b206d617267696e3a3020302032307078223e3c74723e3c746420636c6173733d22636f707920696e73657422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b2070616464696e673a323070782032347078203670782220616c69676e3d226c656674223e0d0a3c6832207374796c653d226d617267696e3a302030203870783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313870783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f332f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee8a898e4ba8b313c2f613e3c2f68323e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c70207374796c653d226d617267696e3a303b6c696e652d6865696768743a32307078223e266e6273703b3c2f703e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2263617264222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d22626f726465723a31707820736f6c696420236462646464653b20626f726465722d7261646975733a3670783b206d617267696e3a3020302032307078223e3c74723e3c746420636c6173733d22636f707920696e73657422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b2070616464696e673a323070782032347078203670782220616c69676e3d226c656674223e0d0a3c6832207374796c653d226d617267696e3a302030203870783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313870783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f342f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee8a898e4ba8b323c2f613e3c2f68323e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c70207374796c653d226d617267696e3a303b6c696e652d6865696768743a32307078223e266e6273703b3c2f703e3c215b656e6469665d2d2d3e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d226f7574657220666f6f7422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a6c6566743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a32387078203434707820302220616c69676e3d226c656674223e3c64697620726f6c653d22636f6e74656e74696e666f223e0d0a3c6832207374796c653d226d617267696e3a30203020313070783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223ee38193e381aee383a1e383bce383abe381abe381a4e38184e381a63c2f68323e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a6e38184e381bee38199e380823c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0a3c62723ee68980e59ca8e59cb03a20e380923c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e3030302d303030303c2f7370616e3e20e381bfe381aae381a8e5b882e4b8ade5a4ae3c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e312d313c2f7370616e3e0d0a3c62723ee3818ae5958fe38184e59088e3828fe3819b3a203c6120687265663d226d61696c746f3a69637440636974792e6578616d706c652e6a7022207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e69637440636974792e6578616d706c652e6a703c2f613e0d0a3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223e3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee9858de4bfa1e38292e5819ce6ada2e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f352f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b3c2f613e3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee382a6e382a7e38396e789883a203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f3122207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f313c2f613e3c2f703e0d0a3c64697620636c6173733d2268696464656e2220617269612d68696464656e3d227472756522207374796c653d22646973706c61793a6e6f6e653b206d61782d6865696768743a303b206f766572666c6f773a68696464656e3b206d736f2d686964653a616c6c3b20666f6e742d73697a653a3170783b206c696e652d6865696768743a317078223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f362f2220746162696e6465783d222d31222072656c3d226e6f666f6c6c6f7722207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ec2a03c2f613e3c2f6469763e0d0a3c696d6720636c6173733d22646f7422207372633d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f6f2f2e676966222077696474683d223122206865696768743d22312220616c743d2222207374796c653d22646973706c61793a626c6f636b3b20626f726465723a303b2077696474683a3170783b206865696768743a3170783b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e363b20636f6c6f723a23353236303664223e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c2f74643e3c2f74723e3c2f7461626c653e3c215b656e6469665d2d2d3e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c2f6469763e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a2d2d3d5f376239633438653765373666613133316265623164383765613565362d2d0d0a', '<!DOCTYPE html>
<html lang="ja" dir="ltr" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<meta name="x-apple-disable-message-reformatting">
<title>送信済みの号</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>body,table,td,th,p,li,a,h1,h2,h3{font-family:"Yu Gothic","Meiryo",sans-serif!important}ul,ol{margin-left:28px!important;padding:0!important}img{-ms-interpolation-mode:bicubic}</style><![endif]-->
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}@media (max-width:480px){.gutter{padding:0 0 32px!important}.top{padding:12px 20px!important}.page{padding:26px 20px 16px!important}.foot{padding:24px 20px 0!important}.inset{padding:18px 16px 2px!important}h1{font-size:23px!important}.data{font-size:14px!important}.data th,.data td{padding:8px 6px!important}}</style>
<style>@media (prefers-color-scheme:dark){.ground{background-color:#0f141a!important}.sheet{background-color:#171f27!important;border-color:#9fb4c7!important}.copy,.copy h1,.copy h2,.copy h3{color:#e9edf1!important}.outer,.outer h2{color:#aeb8c2!important}.soft,img{color:#aeb8c2!important}.copy a{color:#97b6d2!important}.outer a{color:#97b6d2!important}.copy .accent{color:#9fb4c7!important}.panel,.data thead th{background-color:#252c34!important}.notice{border-color:#9fb4c7!important}.copy h2,.card,.chips a,.data th,.data td{border-color:#394047!important}.copy .first{border-color:#9fb4c7!important}.button{background-color:#9fb4c7!important}.copy .button a{color:#171f27!important}.logo{background-color:#ffffff!important;padding:6px!important;border-radius:4px!important}}</style>
</head>
<body class="ground" style="margin:0; padding:0; -webkit-text-size-adjust:100%; background-color:#f3f5f7" bgcolor="#f3f5f7">
<div role="article" aria-roledescription="email" aria-label="送信済みの号" lang="ja" dir="ltr">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f7" bgcolor="#f3f5f7"><tr><td align="center" class="gutter" style="padding:16px 12px 40px">
<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="frame" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px">
<tr><td class="outer top" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:right; overflow-wrap:anywhere; padding:0 44px 12px" align="right"><div role="banner">
<a href="#main" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">本文へ進む</a>   <a href="https://news.city.example.jp/v/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ブラウザで表示する</a>
</div></td></tr>
<tr><td class="sheet copy page" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; background-color:#fff; padding:36px 44px 28px; border-top:6px solid #1d4f7c" align="left" bgcolor="#ffffff"><div role="main" id="main">
<p class="mast accent" style="margin:0 0 2px; line-height:1.6; color:#1d4f7c"><strong>自治体ICTだより</strong></p>
<p class="soft small" style="margin:0 0 14px; color:#52606d; font-size:14px">第1号   2026年11月29日(日)</p>
<h1 style="margin:12px 0 28px; font-size:26px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere">送信済みの<wbr>号</h1>
<p style="margin:0 0 18px">皆さま、こんにちは。<a href="https://news.city.example.jp/c/1/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">手引を読む</a></p>
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="border:1px solid #dbddde; border-radius:6px; margin:0 0 20px"><tr><td class="copy inset" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; padding:20px 24px 6px" align="left">
<h2 style="margin:0 0 8px; padding:0; border-bottom:2px solid #dbddde; font-size:18px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0"><a href="https://news.city.example.jp/c/2/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">記事0</a></h2>
</td></tr></table>
<!--[if mso]><p style="margin:0;line-height:20px">&nbsp;</p><![endif]-->
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="border:1px solid #dbddde; border-radius:6px; margin:0 0 20px"><tr><td class="copy inset" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; padding:20px 24px 6px" align="left">
<h2 style="margin:0 0 8px; padding:0; border-bottom:2px solid #dbddde; font-size:18px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0"><a href="https://news.city.example.jp/c/3/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">記事1</a></h2>
</td></tr></table>
<!--[if mso]><p style="margin:0;line-height:20px">&nbsp;</p><![endif]-->
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="border:1px solid #dbddde; border-radius:6px; margin:0 0 20px"><tr><td class="copy inset" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; padding:20px 24px 6px" align="left">
<h2 style="margin:0 0 8px; padding:0; border-bottom:2px solid #dbddde; font-size:18px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0"><a href="https://news.city.example.jp/c/4/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">記事2</a></h2>
</td></tr></table>
<!--[if mso]><p style="margin:0;line-height:20px">&nbsp;</p><![endif]-->
</div></td></tr>
<tr><td class="outer foot" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:left; overflow-wrap:anywhere; padding:28px 44px 0" align="left"><div role="contentinfo">
<h2 style="margin:0 0 10px; padding:0; border-bottom:2px solid #dbddde; font-size:14px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0">このメールについて</h2>
<p style="margin:0 0 14px">このメールは「自治体ICTだより」の購読を申し込まれた方へお送りしています。</p>
<p style="margin:0 0 14px">発行: みなと市 情報政策課
<br>所在地: 〒<span style="white-space:nowrap">000-0000</span> みなと市中央<span style="white-space:nowrap">1-1</span>
<br>お問い合わせ: <a href="mailto:ict@city.example.jp" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ict@city.example.jp</a>
</p>
<p style="margin:0 0 14px"><a class="act" href="https://news.city.example.jp/u/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">配信を停止する</a><br>
<a class="act" href="https://news.city.example.jp/p/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">登録内容を変更する</a><br>
<a class="act" href="https://news.city.example.jp/c/5/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">バックナンバーを見る</a></p>
<p style="margin:0 0 14px">ウェブ版: <a href="https://news.city.example.jp/archive/ict/1" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">https://news.city.example.jp/archive/ict/1</a></p>
<div class="hidden" aria-hidden="true" style="display:none; max-height:0; overflow:hidden; mso-hide:all; font-size:1px; line-height:1px"><a href="https://news.city.example.jp/c/6/" tabindex="-1" rel="nofollow" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px"> </a></div>
<img class="dot" src="https://news.city.example.jp/o/.gif" width="1" height="1" alt="" style="display:block; border:0; width:1px; height:1px; font-size:14px; line-height:1.6; color:#52606d">
</div></td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</div>
</body>
</html>', '自治体ICTだより 第1号
2026年11月29日(日)
ウェブ版
https://news.city.example.jp/archive/ict/1
ブラウザで表示する
https://news.city.example.jp/v/
━━━━━━━━━━━━━━━━━━━━
送信済みの号
━━━━━━━━━━━━━━━━━━━━
皆さま、こんにちは。手引を読む[1]
[1] 手引を読む
https://news.city.example.jp/c/1/
■ 記事0
https://news.city.example.jp/c/2/
■ 記事1
https://news.city.example.jp/c/3/
■ 記事2
https://news.city.example.jp/c/4/
━━━━━━━━━━━━━━━━━━━━
このメールについて
━━━━━━━━━━━━━━━━━━━━
このメールは「自治体ICTだより」の購読を申し込まれた方へお送りして
います。
発行: みなと市 情報政策課
所在地: 〒000-0000 みなと市中央1-1
お問い合わせ: ict@city.example.jp
配信を停止する
https://news.city.example.jp/u/
登録内容を変更する
https://news.city.example.jp/p/
バックナンバーを見る
https://news.city.example.jp/c/5/
', 17046, 'f1621284e722114e771fa2e7a000067037f8526c0f0b41d9edc56a859a3e8dad', '2026-11-28 19:09:58.415798+00', NULL),
	(3, 1, '{"met": []}', '\x4b414952414e2d45444954494f4e010000024b7b22626f6479223a5b3131322c5b2270617274222c3137352c5b22746f6b656e222c2276696577225d2c3135302c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c226e6f6e65225d2c39372c5b22746f6b656e222c22636c69636b225d2c3435342c5b22746f6b656e222c22756e737562736372696265225d2c36322c5b22746f6b656e222c22707265666572656e636573225d2c36372c5b22746f6b656e222c22636c69636b225d2c325d2c3131312c5b2270617274222c333232382c5b22746f6b656e222c2276696577225d2c3938352c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c2268746d6c225d2c36332c5b22746f6b656e222c22636c69636b225d2c313236312c5b22746f6b656e222c22756e737562736372696265225d2c3232392c5b22746f6b656e222c22707265666572656e636573225d2c3233372c5b22746f6b656e222c22636c69636b225d2c3631382c5b22746f6b656e222c22636c69636b225d2c3230352c5b22746f6b656e222c226f70656e225d2c3235385d2c33365d2c2268656164657273223a5b37342c5b22686561646572222c22746f225d2c35352c5b22686561646572222c2264617465225d2c31352c5b22746f6b656e222c226d657373616765225d2c3134322c5b22746f6b656e222c22756e737562736372696265225d2c35352c5b22746f6b656e222c22756e737562736372696265225d2c39372c5b22746f6b656e222c22707265666572656e636573225d2c3332365d7d46726f6d3a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c69637440636974792e6578616d706c652e6a703e0d0a546f3a200d0a5375626a6563743a203d3f5554462d383f423f354c694135706d4335594763357132693434477535592b333f3d0d0a446174653a200d0a4d6573736167652d49443a203c40636974792e6578616d706c652e6a703e0d0a4c6973742d49643a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c6963742e636974792e6578616d706c652e6a703e0d0a4c6973742d556e7375627363726962653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d756e7375627363726962652532303e0d0a4c6973742d556e7375627363726962652d506f73743a204c6973742d556e7375627363726962653d4f6e652d436c69636b0d0a4c6973742d48656c703a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d68656c703e0d0a4c6973742d417263686976653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963743e0d0a466565646261636b2d49443a20333a6963743a726567756c61723a636974796578616d706c656a700d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a436f6e74656e742d4c616e67756167653a206a610d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f64383830653536626466646231656233373832343133393165386538220d0a2d2d3d5f643838306535366264666462316562333738323431333931653865380d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0ae887aae6b2bbe4bd93494354e381a0e38288e3828a20e7acac32e58fb70d0a32303236e5b9b43131e69c883239e697a528e697a5290d0a0d0ae382a6e382a7e38396e789880d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f320d0ae38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae4b880e69982e5819ce6ada2e381aee58fb70d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38081e38193e38293e381abe381a1e381afe38082e6898be5bc95e38292e8aaade382805b315d0d0a0d0a5b315d20e6898be5bc95e38292e8aaade382800d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae38193e381aee383a1e383bce383abe381abe381a4e38184e381a60d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a60d0ae38184e381bee38199e380820d0a0d0ae799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0ae68980e59ca8e59cb03a20e380923030302d3030303020e381bfe381aae381a8e5b882e4b8ade5a4ae312d310d0ae3818ae5958fe38184e59088e3828fe3819b3a2069637440636974792e6578616d706c652e6a700d0a0d0ae9858de4bfa1e38292e5819ce6ada2e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f0d0ae799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f0d0ae38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f0d0a2d2d3d5f643838306535366264666462316562333738323431333931653865380d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d226a6122206469723d226c74722220786d6c6e733a6f3d2275726e3a736368656d61732d6d6963726f736f66742d636f6d3a6f66666963653a6f6666696365223e0d0a3c686561643e0d0a3c6d65746120636861727365743d227574662d38223e0d0a3c6d657461206e616d653d2276696577706f72742220636f6e74656e743d2277696474683d6465766963652d77696474682c696e697469616c2d7363616c653d31223e0d0a3c6d657461206e616d653d22636f6c6f722d736368656d652220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22666f726d61742d646574656374696f6e2220636f6e74656e743d2274656c6570686f6e653d6e6f2c646174653d6e6f2c616464726573733d6e6f2c656d61696c3d6e6f2c75726c3d6e6f223e0d0a3c6d657461206e616d653d22782d6170706c652d64697361626c652d6d6573736167652d7265666f726d617474696e67223e0d0a3c7469746c653ee4b880e69982e5819ce6ada2e381aee58fb73c2f7469746c653e0d0a3c212d2d5b6966206d736f5d3e3c786d6c3e3c6f3a4f6666696365446f63756d656e7453657474696e67733e3c6f3a506978656c73506572496e63683e39363c2f6f3a506978656c73506572496e63683e3c2f6f3a4f6666696365446f63756d656e7453657474696e67733e3c2f786d6c3e3c7374796c653e626f64792c7461626c652c74642c74682c702c6c692c612c68312c68322c68337b666f6e742d66616d696c793a22597520476f74686963222c224d656972796f222c73616e732d736572696621696d706f7274616e747d756c2c6f6c7b6d617267696e2d6c6566743a3238707821696d706f7274616e743b70616464696e673a3021696d706f7274616e747d696d677b2d6d732d696e746572706f6c6174696f6e2d6d6f64653a626963756269637d3c2f7374796c653e3c215b656e6469665d2d2d3e0d0a3c7374796c653e3a726f6f747b636f6c6f722d736368656d653a6c69676874206461726b3b737570706f727465642d636f6c6f722d736368656d65733a6c69676874206461726b7d615b782d6170706c652d646174612d6465746563746f72735d7b636f6c6f723a696e686572697421696d706f7274616e743b746578742d6465636f726174696f6e3a6e6f6e6521696d706f7274616e747d406d6564696120286d61782d77696474683a3438307078297b2e6775747465727b70616464696e673a302030203332707821696d706f7274616e747d2e746f707b70616464696e673a31327078203230707821696d706f7274616e747d2e706167657b70616464696e673a323670782032307078203136707821696d706f7274616e747d2e666f6f747b70616464696e673a323470782032307078203021696d706f7274616e747d2e696e7365747b70616464696e673a3138707820313670782032707821696d706f7274616e747d68317b666f6e742d73697a653a3233707821696d706f7274616e747d2e646174617b666f6e742d73697a653a3134707821696d706f7274616e747d2e646174612074682c2e646174612074647b70616464696e673a3870782036707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c7374796c653e406d656469612028707265666572732d636f6c6f722d736368656d653a6461726b297b2e67726f756e647b6261636b67726f756e642d636f6c6f723a2330663134316121696d706f7274616e747d2e73686565747b6261636b67726f756e642d636f6c6f723a2331373166323721696d706f7274616e743b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792c2e636f70792068312c2e636f70792068322c2e636f70792068337b636f6c6f723a2365396564663121696d706f7274616e747d2e6f757465722c2e6f757465722068327b636f6c6f723a2361656238633221696d706f7274616e747d2e736f66742c696d677b636f6c6f723a2361656238633221696d706f7274616e747d2e636f707920617b636f6c6f723a2339376236643221696d706f7274616e747d2e6f7574657220617b636f6c6f723a2339376236643221696d706f7274616e747d2e636f7079202e616363656e747b636f6c6f723a2339666234633721696d706f7274616e747d2e70616e656c2c2e646174612074686561642074687b6261636b67726f756e642d636f6c6f723a2332353263333421696d706f7274616e747d2e6e6f746963657b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792068322c2e636172642c2e636869707320612c2e646174612074682c2e646174612074647b626f726465722d636f6c6f723a2333393430343721696d706f7274616e747d2e636f7079202e66697273747b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e627574746f6e7b6261636b67726f756e642d636f6c6f723a2339666234633721696d706f7274616e747d2e636f7079202e627574746f6e20617b636f6c6f723a2331373166323721696d706f7274616e747d2e6c6f676f7b6261636b67726f756e642d636f6c6f723a2366666666666621696d706f7274616e743b70616464696e673a36707821696d706f7274616e743b626f726465722d7261646975733a34707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d2267726f756e6422207374796c653d226d617267696e3a303b2070616464696e673a303b202d7765626b69742d746578742d73697a652d61646a7573743a313030253b206261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e0d0a3c64697620726f6c653d2261727469636c652220617269612d726f6c656465736372697074696f6e3d22656d61696c2220617269612d6c6162656c3d22e4b880e69982e5819ce6ada2e381aee58fb722206c616e673d226a6122206469723d226c7472223e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2267726f756e64222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e3c74723e3c746420616c69676e3d2263656e7465722220636c6173733d2267757474657222207374796c653d2270616464696e673a3136707820313270782034307078223e0d0a3c212d2d5b6966206d736f5d3e3c7461626c6520726f6c653d2270726573656e746174696f6e222077696474683d22363430222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d2230223e3c74723e3c74643e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d226672616d65222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226d61782d77696474683a3634307078223e0d0a3c74723e3c746420636c6173733d226f7574657220746f7022207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a72696768743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a30203434707820313270782220616c69676e3d227269676874223e3c64697620726f6c653d2262616e6e6572223e0d0a3c6120687265663d22236d61696e22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee69cace69687e381b8e980b2e382803c2f613e20c2a0203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b3c2f613e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d22736865657420636f7079207061676522207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b206261636b67726f756e642d636f6c6f723a236666663b2070616464696e673a33367078203434707820323870783b20626f726465722d746f703a36707820736f6c696420233164346637632220616c69676e3d226c65667422206267636f6c6f723d2223666666666666223e3c64697620726f6c653d226d61696e222069643d226d61696e223e0d0a3c7020636c6173733d226d61737420616363656e7422207374796c653d226d617267696e3a302030203270783b206c696e652d6865696768743a312e363b20636f6c6f723a23316434663763223e3c7374726f6e673ee887aae6b2bbe4bd93494354e381a0e38288e3828a3c2f7374726f6e673e3c2f703e0d0a3c7020636c6173733d22736f667420736d616c6c22207374796c653d226d617267696e3a30203020313470783b20636f6c6f723a233532363036643b20666f6e742d73697a653a31347078223ee7acac32e58fb720c2a02032303236e5b9b43131e69c883239e697a528e697a5293c2f703e0d0a3c6831207374796c653d226d617267696e3a31327078203020323870783b20666f6e742d73697a653a323670783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e797768657265223ee4b880e69982e5819ce6ada2e381ae3c7762723ee58fb73c2f68313e0d0a3c70207374796c653d226d617267696e3a3020302031387078223ee38081e38193e38293e381abe381a1e381afe380823c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee6898be5bc95e38292e8aaade382803c2f613e3c2f703e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d226f7574657220666f6f7422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a6c6566743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a32387078203434707820302220616c69676e3d226c656674223e3c64697620726f6c653d22636f6e74656e74696e666f223e0d0a3c6832207374796c653d226d617267696e3a30203020313070783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223ee38193e381aee383a1e383bce383abe381abe381a4e38184e381a63c2f68323e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a6e38184e381bee38199e380823c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0a3c62723ee68980e59ca8e59cb03a20e380923c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e3030302d303030303c2f7370616e3e20e381bfe381aae381a8e5b882e4b8ade5a4ae3c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e312d313c2f7370616e3e0d0a3c62723ee3818ae5958fe38184e59088e3828fe3819b3a203c6120687265663d226d61696c746f3a69637440636974792e6578616d706c652e6a7022207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e69637440636974792e6578616d706c652e6a703c2f613e0d0a3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223e3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee9858de4bfa1e38292e5819ce6ada2e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b3c2f613e3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee382a6e382a7e38396e789883a203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f3222207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f323c2f613e3c2f703e0d0a3c64697620636c6173733d2268696464656e2220617269612d68696464656e3d227472756522207374796c653d22646973706c61793a6e6f6e653b206d61782d6865696768743a303b206f766572666c6f773a68696464656e3b206d736f2d686964653a616c6c3b20666f6e742d73697a653a3170783b206c696e652d6865696768743a317078223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f332f2220746162696e6465783d222d31222072656c3d226e6f666f6c6c6f7722207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ec2a03c2f613e3c2f6469763e0d0a3c696d6720636c6173733d22646f7422207372633d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f6f2f2e676966222077696474683d223122206865696768743d22312220616c743d2222207374796c653d22646973706c61793a626c6f636b3b20626f726465723a303b2077696474683a3170783b206865696768743a3170783b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e363b20636f6c6f723a23353236303664223e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c2f74643e3c2f74723e3c2f7461626c653e3c215b656e6469665d2d2d3e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c2f6469763e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a2d2d3d5f643838306535366264666462316562333738323431333931653865382d2d0d0a', '<!DOCTYPE html>
<html lang="ja" dir="ltr" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<meta name="x-apple-disable-message-reformatting">
<title>一時停止の号</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>body,table,td,th,p,li,a,h1,h2,h3{font-family:"Yu Gothic","Meiryo",sans-serif!important}ul,ol{margin-left:28px!important;padding:0!important}img{-ms-interpolation-mode:bicubic}</style><![endif]-->
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}@media (max-width:480px){.gutter{padding:0 0 32px!important}.top{padding:12px 20px!important}.page{padding:26px 20px 16px!important}.foot{padding:24px 20px 0!important}.inset{padding:18px 16px 2px!important}h1{font-size:23px!important}.data{font-size:14px!important}.data th,.data td{padding:8px 6px!important}}</style>
<style>@media (prefers-color-scheme:dark){.ground{background-color:#0f141a!important}.sheet{background-color:#171f27!important;border-color:#9fb4c7!important}.copy,.copy h1,.copy h2,.copy h3{color:#e9edf1!important}.outer,.outer h2{color:#aeb8c2!important}.soft,img{color:#aeb8c2!important}.copy a{color:#97b6d2!important}.outer a{color:#97b6d2!important}.copy .accent{color:#9fb4c7!important}.panel,.data thead th{background-color:#252c34!important}.notice{border-color:#9fb4c7!important}.copy h2,.card,.chips a,.data th,.data td{border-color:#394047!important}.copy .first{border-color:#9fb4c7!important}.button{background-color:#9fb4c7!important}.copy .button a{color:#171f27!important}.logo{background-color:#ffffff!important;padding:6px!important;border-radius:4px!important}}</style>
</head>
<body class="ground" style="margin:0; padding:0; -webkit-text-size-adjust:100%; background-color:#f3f5f7" bgcolor="#f3f5f7">
<div role="article" aria-roledescription="email" aria-label="一時停止の号" lang="ja" dir="ltr">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f7" bgcolor="#f3f5f7"><tr><td align="center" class="gutter" style="padding:16px 12px 40px">
<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="frame" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px">
<tr><td class="outer top" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:right; overflow-wrap:anywhere; padding:0 44px 12px" align="right"><div role="banner">
<a href="#main" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">本文へ進む</a>   <a href="https://news.city.example.jp/v/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ブラウザで表示する</a>
</div></td></tr>
<tr><td class="sheet copy page" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; background-color:#fff; padding:36px 44px 28px; border-top:6px solid #1d4f7c" align="left" bgcolor="#ffffff"><div role="main" id="main">
<p class="mast accent" style="margin:0 0 2px; line-height:1.6; color:#1d4f7c"><strong>自治体ICTだより</strong></p>
<p class="soft small" style="margin:0 0 14px; color:#52606d; font-size:14px">第2号   2026年11月29日(日)</p>
<h1 style="margin:12px 0 28px; font-size:26px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere">一時停止の<wbr>号</h1>
<p style="margin:0 0 18px">皆さま、こんにちは。<a href="https://news.city.example.jp/c/1/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">手引を読む</a></p>
</div></td></tr>
<tr><td class="outer foot" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:left; overflow-wrap:anywhere; padding:28px 44px 0" align="left"><div role="contentinfo">
<h2 style="margin:0 0 10px; padding:0; border-bottom:2px solid #dbddde; font-size:14px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0">このメールについて</h2>
<p style="margin:0 0 14px">このメールは「自治体ICTだより」の購読を申し込まれた方へお送りしています。</p>
<p style="margin:0 0 14px">発行: みなと市 情報政策課
<br>所在地: 〒<span style="white-space:nowrap">000-0000</span> みなと市中央<span style="white-space:nowrap">1-1</span>
<br>お問い合わせ: <a href="mailto:ict@city.example.jp" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ict@city.example.jp</a>
</p>
<p style="margin:0 0 14px"><a class="act" href="https://news.city.example.jp/u/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">配信を停止する</a><br>
<a class="act" href="https://news.city.example.jp/p/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">登録内容を変更する</a><br>
<a class="act" href="https://news.city.example.jp/c/2/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">バックナンバーを見る</a></p>
<p style="margin:0 0 14px">ウェブ版: <a href="https://news.city.example.jp/archive/ict/2" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">https://news.city.example.jp/archive/ict/2</a></p>
<div class="hidden" aria-hidden="true" style="display:none; max-height:0; overflow:hidden; mso-hide:all; font-size:1px; line-height:1px"><a href="https://news.city.example.jp/c/3/" tabindex="-1" rel="nofollow" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px"> </a></div>
<img class="dot" src="https://news.city.example.jp/o/.gif" width="1" height="1" alt="" style="display:block; border:0; width:1px; height:1px; font-size:14px; line-height:1.6; color:#52606d">
</div></td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</div>
</body>
</html>', '自治体ICTだより 第2号
2026年11月29日(日)
ウェブ版
https://news.city.example.jp/archive/ict/2
ブラウザで表示する
https://news.city.example.jp/v/
━━━━━━━━━━━━━━━━━━━━
一時停止の号
━━━━━━━━━━━━━━━━━━━━
皆さま、こんにちは。手引を読む[1]
[1] 手引を読む
https://news.city.example.jp/c/1/
━━━━━━━━━━━━━━━━━━━━
このメールについて
━━━━━━━━━━━━━━━━━━━━
このメールは「自治体ICTだより」の購読を申し込まれた方へお送りして
います。
発行: みなと市 情報政策課
所在地: 〒000-0000 みなと市中央1-1
お問い合わせ: ict@city.example.jp
配信を停止する
https://news.city.example.jp/u/
登録内容を変更する
https://news.city.example.jp/p/
バックナンバーを見る
https://news.city.example.jp/c/2/
', 12860, '821be39af6860dc7a564b65d7211d067446b98188ee70fcc431297244ac5e94d', '2026-11-28 22:10:00.000449+00', NULL),
	(4, 1, '{"met": []}', '\x4b414952414e2d45444954494f4e010000024b7b22626f6479223a5b3131322c5b2270617274222c3137352c5b22746f6b656e222c2276696577225d2c3134342c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c226e6f6e65225d2c39372c5b22746f6b656e222c22636c69636b225d2c3435342c5b22746f6b656e222c22756e737562736372696265225d2c36322c5b22746f6b656e222c22707265666572656e636573225d2c36372c5b22746f6b656e222c22636c69636b225d2c325d2c3131312c5b2270617274222c333231362c5b22746f6b656e222c2276696577225d2c3937392c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c2268746d6c225d2c36332c5b22746f6b656e222c22636c69636b225d2c313236312c5b22746f6b656e222c22756e737562736372696265225d2c3232392c5b22746f6b656e222c22707265666572656e636573225d2c3233372c5b22746f6b656e222c22636c69636b225d2c3631382c5b22746f6b656e222c22636c69636b225d2c3230352c5b22746f6b656e222c226f70656e225d2c3235385d2c33365d2c2268656164657273223a5b37342c5b22686561646572222c22746f225d2c34372c5b22686561646572222c2264617465225d2c31352c5b22746f6b656e222c226d657373616765225d2c3134322c5b22746f6b656e222c22756e737562736372696265225d2c35352c5b22746f6b656e222c22756e737562736372696265225d2c39372c5b22746f6b656e222c22707265666572656e636573225d2c3332365d7d46726f6d3a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c69637440636974792e6578616d706c652e6a703e0d0a546f3a200d0a5375626a6563743a203d3f5554462d383f423f35592b57357261493434477535592b333f3d0d0a446174653a200d0a4d6573736167652d49443a203c40636974792e6578616d706c652e6a703e0d0a4c6973742d49643a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c6963742e636974792e6578616d706c652e6a703e0d0a4c6973742d556e7375627363726962653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d756e7375627363726962652532303e0d0a4c6973742d556e7375627363726962652d506f73743a204c6973742d556e7375627363726962653d4f6e652d436c69636b0d0a4c6973742d48656c703a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d68656c703e0d0a4c6973742d417263686976653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963743e0d0a466565646261636b2d49443a20343a6963743a726567756c61723a636974796578616d706c656a700d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a436f6e74656e742d4c616e67756167653a206a610d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f31326566643866343939333137633363666435363733633337336463220d0a2d2d3d5f313265666438663439393331376333636664353637336333373364630d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0ae887aae6b2bbe4bd93494354e381a0e38288e3828a20e7acac33e58fb70d0a32303236e5b9b43131e69c883239e697a528e697a5290d0a0d0ae382a6e382a7e38396e789880d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f330d0ae38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae58f96e6b688e381aee58fb70d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38081e38193e38293e381abe381a1e381afe38082e6898be5bc95e38292e8aaade382805b315d0d0a0d0a5b315d20e6898be5bc95e38292e8aaade382800d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae38193e381aee383a1e383bce383abe381abe381a4e38184e381a60d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a60d0ae38184e381bee38199e380820d0a0d0ae799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0ae68980e59ca8e59cb03a20e380923030302d3030303020e381bfe381aae381a8e5b882e4b8ade5a4ae312d310d0ae3818ae5958fe38184e59088e3828fe3819b3a2069637440636974792e6578616d706c652e6a700d0a0d0ae9858de4bfa1e38292e5819ce6ada2e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f0d0ae799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f0d0ae38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f0d0a2d2d3d5f313265666438663439393331376333636664353637336333373364630d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d226a6122206469723d226c74722220786d6c6e733a6f3d2275726e3a736368656d61732d6d6963726f736f66742d636f6d3a6f66666963653a6f6666696365223e0d0a3c686561643e0d0a3c6d65746120636861727365743d227574662d38223e0d0a3c6d657461206e616d653d2276696577706f72742220636f6e74656e743d2277696474683d6465766963652d77696474682c696e697469616c2d7363616c653d31223e0d0a3c6d657461206e616d653d22636f6c6f722d736368656d652220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22666f726d61742d646574656374696f6e2220636f6e74656e743d2274656c6570686f6e653d6e6f2c646174653d6e6f2c616464726573733d6e6f2c656d61696c3d6e6f2c75726c3d6e6f223e0d0a3c6d657461206e616d653d22782d6170706c652d64697361626c652d6d6573736167652d7265666f726d617474696e67223e0d0a3c7469746c653ee58f96e6b688e381aee58fb73c2f7469746c653e0d0a3c212d2d5b6966206d736f5d3e3c786d6c3e3c6f3a4f6666696365446f63756d656e7453657474696e67733e3c6f3a506978656c73506572496e63683e39363c2f6f3a506978656c73506572496e63683e3c2f6f3a4f6666696365446f63756d656e7453657474696e67733e3c2f786d6c3e3c7374796c653e626f64792c7461626c652c74642c74682c702c6c692c612c68312c68322c68337b666f6e742d66616d696c793a22597520476f74686963222c224d656972796f222c73616e732d736572696621696d706f7274616e747d756c2c6f6c7b6d617267696e2d6c6566743a3238707821696d706f7274616e743b70616464696e673a3021696d706f7274616e747d696d677b2d6d732d696e746572706f6c6174696f6e2d6d6f64653a626963756269637d3c2f7374796c653e3c215b656e6469665d2d2d3e0d0a3c7374796c653e3a726f6f747b636f6c6f722d736368656d653a6c69676874206461726b3b737570706f727465642d636f6c6f722d736368656d65733a6c69676874206461726b7d615b782d6170706c652d646174612d6465746563746f72735d7b636f6c6f723a696e686572697421696d706f7274616e743b746578742d6465636f726174696f6e3a6e6f6e6521696d706f7274616e747d406d6564696120286d61782d77696474683a3438307078297b2e6775747465727b70616464696e673a302030203332707821696d706f7274616e747d2e746f707b70616464696e673a31327078203230707821696d706f7274616e747d2e706167657b70616464696e673a323670782032307078203136707821696d706f7274616e747d2e666f6f747b70616464696e673a323470782032307078203021696d706f7274616e747d2e696e7365747b70616464696e673a3138707820313670782032707821696d706f7274616e747d68317b666f6e742d73697a653a3233707821696d706f7274616e747d2e646174617b666f6e742d73697a653a3134707821696d706f7274616e747d2e646174612074682c2e646174612074647b70616464696e673a3870782036707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c7374796c653e406d656469612028707265666572732d636f6c6f722d736368656d653a6461726b297b2e67726f756e647b6261636b67726f756e642d636f6c6f723a2330663134316121696d706f7274616e747d2e73686565747b6261636b67726f756e642d636f6c6f723a2331373166323721696d706f7274616e743b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792c2e636f70792068312c2e636f70792068322c2e636f70792068337b636f6c6f723a2365396564663121696d706f7274616e747d2e6f757465722c2e6f757465722068327b636f6c6f723a2361656238633221696d706f7274616e747d2e736f66742c696d677b636f6c6f723a2361656238633221696d706f7274616e747d2e636f707920617b636f6c6f723a2339376236643221696d706f7274616e747d2e6f7574657220617b636f6c6f723a2339376236643221696d706f7274616e747d2e636f7079202e616363656e747b636f6c6f723a2339666234633721696d706f7274616e747d2e70616e656c2c2e646174612074686561642074687b6261636b67726f756e642d636f6c6f723a2332353263333421696d706f7274616e747d2e6e6f746963657b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792068322c2e636172642c2e636869707320612c2e646174612074682c2e646174612074647b626f726465722d636f6c6f723a2333393430343721696d706f7274616e747d2e636f7079202e66697273747b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e627574746f6e7b6261636b67726f756e642d636f6c6f723a2339666234633721696d706f7274616e747d2e636f7079202e627574746f6e20617b636f6c6f723a2331373166323721696d706f7274616e747d2e6c6f676f7b6261636b67726f756e642d636f6c6f723a2366666666666621696d706f7274616e743b70616464696e673a36707821696d706f7274616e743b626f726465722d7261646975733a34707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d2267726f756e6422207374796c653d226d617267696e3a303b2070616464696e673a303b202d7765626b69742d746578742d73697a652d61646a7573743a313030253b206261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e0d0a3c64697620726f6c653d2261727469636c652220617269612d726f6c656465736372697074696f6e3d22656d61696c2220617269612d6c6162656c3d22e58f96e6b688e381aee58fb722206c616e673d226a6122206469723d226c7472223e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2267726f756e64222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e3c74723e3c746420616c69676e3d2263656e7465722220636c6173733d2267757474657222207374796c653d2270616464696e673a3136707820313270782034307078223e0d0a3c212d2d5b6966206d736f5d3e3c7461626c6520726f6c653d2270726573656e746174696f6e222077696474683d22363430222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d2230223e3c74723e3c74643e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d226672616d65222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226d61782d77696474683a3634307078223e0d0a3c74723e3c746420636c6173733d226f7574657220746f7022207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a72696768743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a30203434707820313270782220616c69676e3d227269676874223e3c64697620726f6c653d2262616e6e6572223e0d0a3c6120687265663d22236d61696e22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee69cace69687e381b8e980b2e382803c2f613e20c2a0203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b3c2f613e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d22736865657420636f7079207061676522207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b206261636b67726f756e642d636f6c6f723a236666663b2070616464696e673a33367078203434707820323870783b20626f726465722d746f703a36707820736f6c696420233164346637632220616c69676e3d226c65667422206267636f6c6f723d2223666666666666223e3c64697620726f6c653d226d61696e222069643d226d61696e223e0d0a3c7020636c6173733d226d61737420616363656e7422207374796c653d226d617267696e3a302030203270783b206c696e652d6865696768743a312e363b20636f6c6f723a23316434663763223e3c7374726f6e673ee887aae6b2bbe4bd93494354e381a0e38288e3828a3c2f7374726f6e673e3c2f703e0d0a3c7020636c6173733d22736f667420736d616c6c22207374796c653d226d617267696e3a30203020313470783b20636f6c6f723a233532363036643b20666f6e742d73697a653a31347078223ee7acac33e58fb720c2a02032303236e5b9b43131e69c883239e697a528e697a5293c2f703e0d0a3c6831207374796c653d226d617267696e3a31327078203020323870783b20666f6e742d73697a653a323670783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e797768657265223ee58f96e6b688e381ae3c7762723ee58fb73c2f68313e0d0a3c70207374796c653d226d617267696e3a3020302031387078223ee38081e38193e38293e381abe381a1e381afe380823c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee6898be5bc95e38292e8aaade382803c2f613e3c2f703e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d226f7574657220666f6f7422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a6c6566743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a32387078203434707820302220616c69676e3d226c656674223e3c64697620726f6c653d22636f6e74656e74696e666f223e0d0a3c6832207374796c653d226d617267696e3a30203020313070783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223ee38193e381aee383a1e383bce383abe381abe381a4e38184e381a63c2f68323e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a6e38184e381bee38199e380823c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0a3c62723ee68980e59ca8e59cb03a20e380923c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e3030302d303030303c2f7370616e3e20e381bfe381aae381a8e5b882e4b8ade5a4ae3c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e312d313c2f7370616e3e0d0a3c62723ee3818ae5958fe38184e59088e3828fe3819b3a203c6120687265663d226d61696c746f3a69637440636974792e6578616d706c652e6a7022207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e69637440636974792e6578616d706c652e6a703c2f613e0d0a3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223e3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee9858de4bfa1e38292e5819ce6ada2e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b3c2f613e3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee382a6e382a7e38396e789883a203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f3322207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f333c2f613e3c2f703e0d0a3c64697620636c6173733d2268696464656e2220617269612d68696464656e3d227472756522207374796c653d22646973706c61793a6e6f6e653b206d61782d6865696768743a303b206f766572666c6f773a68696464656e3b206d736f2d686964653a616c6c3b20666f6e742d73697a653a3170783b206c696e652d6865696768743a317078223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f332f2220746162696e6465783d222d31222072656c3d226e6f666f6c6c6f7722207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ec2a03c2f613e3c2f6469763e0d0a3c696d6720636c6173733d22646f7422207372633d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f6f2f2e676966222077696474683d223122206865696768743d22312220616c743d2222207374796c653d22646973706c61793a626c6f636b3b20626f726465723a303b2077696474683a3170783b206865696768743a3170783b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e363b20636f6c6f723a23353236303664223e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c2f74643e3c2f74723e3c2f7461626c653e3c215b656e6469665d2d2d3e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c2f6469763e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a2d2d3d5f313265666438663439393331376333636664353637336333373364632d2d0d0a', '<!DOCTYPE html>
<html lang="ja" dir="ltr" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<meta name="x-apple-disable-message-reformatting">
<title>取消の号</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>body,table,td,th,p,li,a,h1,h2,h3{font-family:"Yu Gothic","Meiryo",sans-serif!important}ul,ol{margin-left:28px!important;padding:0!important}img{-ms-interpolation-mode:bicubic}</style><![endif]-->
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}@media (max-width:480px){.gutter{padding:0 0 32px!important}.top{padding:12px 20px!important}.page{padding:26px 20px 16px!important}.foot{padding:24px 20px 0!important}.inset{padding:18px 16px 2px!important}h1{font-size:23px!important}.data{font-size:14px!important}.data th,.data td{padding:8px 6px!important}}</style>
<style>@media (prefers-color-scheme:dark){.ground{background-color:#0f141a!important}.sheet{background-color:#171f27!important;border-color:#9fb4c7!important}.copy,.copy h1,.copy h2,.copy h3{color:#e9edf1!important}.outer,.outer h2{color:#aeb8c2!important}.soft,img{color:#aeb8c2!important}.copy a{color:#97b6d2!important}.outer a{color:#97b6d2!important}.copy .accent{color:#9fb4c7!important}.panel,.data thead th{background-color:#252c34!important}.notice{border-color:#9fb4c7!important}.copy h2,.card,.chips a,.data th,.data td{border-color:#394047!important}.copy .first{border-color:#9fb4c7!important}.button{background-color:#9fb4c7!important}.copy .button a{color:#171f27!important}.logo{background-color:#ffffff!important;padding:6px!important;border-radius:4px!important}}</style>
</head>
<body class="ground" style="margin:0; padding:0; -webkit-text-size-adjust:100%; background-color:#f3f5f7" bgcolor="#f3f5f7">
<div role="article" aria-roledescription="email" aria-label="取消の号" lang="ja" dir="ltr">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f7" bgcolor="#f3f5f7"><tr><td align="center" class="gutter" style="padding:16px 12px 40px">
<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="frame" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px">
<tr><td class="outer top" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:right; overflow-wrap:anywhere; padding:0 44px 12px" align="right"><div role="banner">
<a href="#main" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">本文へ進む</a>   <a href="https://news.city.example.jp/v/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ブラウザで表示する</a>
</div></td></tr>
<tr><td class="sheet copy page" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; background-color:#fff; padding:36px 44px 28px; border-top:6px solid #1d4f7c" align="left" bgcolor="#ffffff"><div role="main" id="main">
<p class="mast accent" style="margin:0 0 2px; line-height:1.6; color:#1d4f7c"><strong>自治体ICTだより</strong></p>
<p class="soft small" style="margin:0 0 14px; color:#52606d; font-size:14px">第3号   2026年11月29日(日)</p>
<h1 style="margin:12px 0 28px; font-size:26px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere">取消の<wbr>号</h1>
<p style="margin:0 0 18px">皆さま、こんにちは。<a href="https://news.city.example.jp/c/1/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">手引を読む</a></p>
</div></td></tr>
<tr><td class="outer foot" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:left; overflow-wrap:anywhere; padding:28px 44px 0" align="left"><div role="contentinfo">
<h2 style="margin:0 0 10px; padding:0; border-bottom:2px solid #dbddde; font-size:14px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0">このメールについて</h2>
<p style="margin:0 0 14px">このメールは「自治体ICTだより」の購読を申し込まれた方へお送りしています。</p>
<p style="margin:0 0 14px">発行: みなと市 情報政策課
<br>所在地: 〒<span style="white-space:nowrap">000-0000</span> みなと市中央<span style="white-space:nowrap">1-1</span>
<br>お問い合わせ: <a href="mailto:ict@city.example.jp" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ict@city.example.jp</a>
</p>
<p style="margin:0 0 14px"><a class="act" href="https://news.city.example.jp/u/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">配信を停止する</a><br>
<a class="act" href="https://news.city.example.jp/p/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">登録内容を変更する</a><br>
<a class="act" href="https://news.city.example.jp/c/2/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">バックナンバーを見る</a></p>
<p style="margin:0 0 14px">ウェブ版: <a href="https://news.city.example.jp/archive/ict/3" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">https://news.city.example.jp/archive/ict/3</a></p>
<div class="hidden" aria-hidden="true" style="display:none; max-height:0; overflow:hidden; mso-hide:all; font-size:1px; line-height:1px"><a href="https://news.city.example.jp/c/3/" tabindex="-1" rel="nofollow" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px"> </a></div>
<img class="dot" src="https://news.city.example.jp/o/.gif" width="1" height="1" alt="" style="display:block; border:0; width:1px; height:1px; font-size:14px; line-height:1.6; color:#52606d">
</div></td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</div>
</body>
</html>', '自治体ICTだより 第3号
2026年11月29日(日)
ウェブ版
https://news.city.example.jp/archive/ict/3
ブラウザで表示する
https://news.city.example.jp/v/
━━━━━━━━━━━━━━━━━━━━
取消の号
━━━━━━━━━━━━━━━━━━━━
皆さま、こんにちは。手引を読む[1]
[1] 手引を読む
https://news.city.example.jp/c/1/
━━━━━━━━━━━━━━━━━━━━
このメールについて
━━━━━━━━━━━━━━━━━━━━
このメールは「自治体ICTだより」の購読を申し込まれた方へお送りして
います。
発行: みなと市 情報政策課
所在地: 〒000-0000 みなと市中央1-1
お問い合わせ: ict@city.example.jp
配信を停止する
https://news.city.example.jp/u/
登録内容を変更する
https://news.city.example.jp/p/
バックナンバーを見る
https://news.city.example.jp/c/2/
', 12820, '5b0514a22873bf5916666b008aca928bfaa0af94cc17ab5b539c9a1bb1718b85', '2026-11-28 22:10:00.259729+00', NULL),
	(6, 1, '{"met": []}', '\x4b414952414e2d45444954494f4e010000024b7b22626f6479223a5b3131322c5b2270617274222c3137352c5b22746f6b656e222c2276696577225d2c3134372c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c226e6f6e65225d2c39372c5b22746f6b656e222c22636c69636b225d2c3435342c5b22746f6b656e222c22756e737562736372696265225d2c36322c5b22746f6b656e222c22707265666572656e636573225d2c36372c5b22746f6b656e222c22636c69636b225d2c325d2c3131312c5b2270617274222c333232322c5b22746f6b656e222c2276696577225d2c3938322c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c2268746d6c225d2c36332c5b22746f6b656e222c22636c69636b225d2c313236312c5b22746f6b656e222c22756e737562736372696265225d2c3232392c5b22746f6b656e222c22707265666572656e636573225d2c3233372c5b22746f6b656e222c22636c69636b225d2c3631382c5b22746f6b656e222c22636c69636b225d2c3230352c5b22746f6b656e222c226f70656e225d2c3235385d2c33365d2c2268656164657273223a5b37342c5b22686561646572222c22746f225d2c35312c5b22686561646572222c2264617465225d2c31352c5b22746f6b656e222c226d657373616765225d2c3134322c5b22746f6b656e222c22756e737562736372696265225d2c35352c5b22746f6b656e222c22756e737562736372696265225d2c39372c5b22746f6b656e222c22707265666572656e636573225d2c3332365d7d46726f6d3a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c69637440636974792e6578616d706c652e6a703e0d0a546f3a200d0a5375626a6563743a203d3f5554462d383f423f36594342354c2b68354c69743434477535592b333f3d0d0a446174653a200d0a4d6573736167652d49443a203c40636974792e6578616d706c652e6a703e0d0a4c6973742d49643a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c6963742e636974792e6578616d706c652e6a703e0d0a4c6973742d556e7375627363726962653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d756e7375627363726962652532303e0d0a4c6973742d556e7375627363726962652d506f73743a204c6973742d556e7375627363726962653d4f6e652d436c69636b0d0a4c6973742d48656c703a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d68656c703e0d0a4c6973742d417263686976653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963743e0d0a466565646261636b2d49443a20363a6963743a726567756c61723a636974796578616d706c656a700d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a436f6e74656e742d4c616e67756167653a206a610d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f65303262373361616238653034313534626630386330613538366234220d0a2d2d3d5f653032623733616162386530343135346266303863306135383662340d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0ae887aae6b2bbe4bd93494354e381a0e38288e3828a20e7acac35e58fb70d0a32303236e5b9b43131e69c883239e697a528e697a5290d0a0d0ae382a6e382a7e38396e789880d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f350d0ae38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae98081e4bfa1e4b8ade381aee58fb70d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38081e38193e38293e381abe381a1e381afe38082e6898be5bc95e38292e8aaade382805b315d0d0a0d0a5b315d20e6898be5bc95e38292e8aaade382800d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae38193e381aee383a1e383bce383abe381abe381a4e38184e381a60d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a60d0ae38184e381bee38199e380820d0a0d0ae799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0ae68980e59ca8e59cb03a20e380923030302d3030303020e381bfe381aae381a8e5b882e4b8ade5a4ae312d310d0ae3818ae5958fe38184e59088e3828fe3819b3a2069637440636974792e6578616d706c652e6a700d0a0d0ae9858de4bfa1e38292e5819ce6ada2e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f0d0ae799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f0d0ae38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f0d0a2d2d3d5f653032623733616162386530343135346266303863306135383662340d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d226a6122206469723d226c74722220786d6c6e733a6f3d2275726e3a736368656d61732d6d6963726f736f66742d636f6d3a6f66666963653a6f6666696365223e0d0a3c686561643e0d0a3c6d65746120636861727365743d227574662d38223e0d0a3c6d657461206e616d653d2276696577706f72742220636f6e74656e743d2277696474683d6465766963652d77696474682c696e697469616c2d7363616c653d31223e0d0a3c6d657461206e616d653d22636f6c6f722d736368656d652220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22666f726d61742d646574656374696f6e2220636f6e74656e743d2274656c6570686f6e653d6e6f2c646174653d6e6f2c616464726573733d6e6f2c656d61696c3d6e6f2c75726c3d6e6f223e0d0a3c6d657461206e616d653d22782d6170706c652d64697361626c652d6d6573736167652d7265666f726d617474696e67223e0d0a3c7469746c653ee98081e4bfa1e4b8ade381aee58fb73c2f7469746c653e0d0a3c212d2d5b6966206d736f5d3e3c786d6c3e3c6f3a4f6666696365446f63756d656e7453657474696e67733e3c6f3a506978656c73506572496e63683e39363c2f6f3a506978656c73506572496e63683e3c2f6f3a4f6666696365446f63756d656e7453657474696e67733e3c2f786d6c3e3c7374796c653e626f64792c7461626c652c74642c74682c702c6c692c612c68312c68322c68337b666f6e742d66616d696c793a22597520476f74686963222c224d656972796f222c73616e732d736572696621696d706f7274616e747d756c2c6f6c7b6d617267696e2d6c6566743a3238707821696d706f7274616e743b70616464696e673a3021696d706f7274616e747d696d677b2d6d732d696e746572706f6c6174696f6e2d6d6f64653a626963756269637d3c2f7374796c653e3c215b656e6469665d2d2d3e0d0a3c7374796c653e3a726f6f747b636f6c6f722d736368656d653a6c69676874206461726b3b737570706f727465642d636f6c6f722d736368656d65733a6c69676874206461726b7d615b782d6170706c652d646174612d6465746563746f72735d7b636f6c6f723a696e686572697421696d706f7274616e743b746578742d6465636f726174696f6e3a6e6f6e6521696d706f7274616e747d406d6564696120286d61782d77696474683a3438307078297b2e6775747465727b70616464696e673a302030203332707821696d706f7274616e747d2e746f707b70616464696e673a31327078203230707821696d706f7274616e747d2e706167657b70616464696e673a323670782032307078203136707821696d706f7274616e747d2e666f6f747b70616464696e673a323470782032307078203021696d706f7274616e747d2e696e7365747b70616464696e673a3138707820313670782032707821696d706f7274616e747d68317b666f6e742d73697a653a3233707821696d706f7274616e747d2e646174617b666f6e742d73697a653a3134707821696d706f7274616e747d2e646174612074682c2e646174612074647b70616464696e673a3870782036707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c7374796c653e406d656469612028707265666572732d636f6c6f722d736368656d653a6461726b297b2e67726f756e647b6261636b67726f756e642d636f6c6f723a2330663134316121696d706f7274616e747d2e73686565747b6261636b67726f756e642d636f6c6f723a2331373166323721696d706f7274616e743b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792c2e636f70792068312c2e636f70792068322c2e636f70792068337b636f6c6f723a2365396564663121696d706f7274616e747d2e6f757465722c2e6f757465722068327b636f6c6f723a2361656238633221696d706f7274616e747d2e736f66742c696d677b636f6c6f723a2361656238633221696d706f7274616e747d2e636f707920617b636f6c6f723a2339376236643221696d706f7274616e747d2e6f7574657220617b636f6c6f723a2339376236643221696d706f7274616e747d2e636f7079202e616363656e747b636f6c6f723a2339666234633721696d706f7274616e747d2e70616e656c2c2e646174612074686561642074687b6261636b67726f756e642d636f6c6f723a2332353263333421696d706f7274616e747d2e6e6f746963657b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792068322c2e636172642c2e636869707320612c2e646174612074682c2e646174612074647b626f726465722d636f6c6f723a2333393430343721696d706f7274616e747d2e636f7079202e66697273747b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e627574746f6e7b6261636b67726f756e642d636f6c6f723a2339666234633721696d706f7274616e747d2e636f7079202e627574746f6e20617b636f6c6f723a2331373166323721696d706f7274616e747d2e6c6f676f7b6261636b67726f756e642d636f6c6f723a2366666666666621696d706f7274616e743b70616464696e673a36707821696d706f7274616e743b626f726465722d7261646975733a34707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d2267726f756e6422207374796c653d226d617267696e3a303b2070616464696e673a303b202d7765626b69742d746578742d73697a652d61646a7573743a313030253b206261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e0d0a3c64697620726f6c653d2261727469636c652220617269612d726f6c656465736372697074696f6e3d22656d61696c2220617269612d6c6162656c3d22e98081e4bfa1e4b8ade381aee58fb722206c616e673d226a6122206469723d226c7472223e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2267726f756e64222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e3c74723e3c746420616c69676e3d2263656e7465722220636c6173733d2267757474657222207374796c653d2270616464696e673a3136707820313270782034307078223e0d0a3c212d2d5b6966206d736f5d3e3c7461626c6520726f6c653d2270726573656e746174696f6e222077696474683d22363430222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d2230223e3c74723e3c74643e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d226672616d65222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226d61782d77696474683a3634307078223e0d0a3c74723e3c746420636c6173733d226f7574657220746f7022207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a72696768743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a30203434707820313270782220616c69676e3d227269676874223e3c64697620726f6c653d2262616e6e6572223e0d0a3c6120687265663d22236d61696e22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee69cace69687e381b8e980b2e382803c2f613e20c2a0203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b3c2f613e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d22736865657420636f7079207061676522207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b206261636b67726f756e642d636f6c6f723a236666663b2070616464696e673a33367078203434707820323870783b20626f726465722d746f703a36707820736f6c696420233164346637632220616c69676e3d226c65667422206267636f6c6f723d2223666666666666223e3c64697620726f6c653d226d61696e222069643d226d61696e223e0d0a3c7020636c6173733d226d61737420616363656e7422207374796c653d226d617267696e3a302030203270783b206c696e652d6865696768743a312e363b20636f6c6f723a23316434663763223e3c7374726f6e673ee887aae6b2bbe4bd93494354e381a0e38288e3828a3c2f7374726f6e673e3c2f703e0d0a3c7020636c6173733d22736f667420736d616c6c22207374796c653d226d617267696e3a30203020313470783b20636f6c6f723a233532363036643b20666f6e742d73697a653a31347078223ee7acac35e58fb720c2a02032303236e5b9b43131e69c883239e697a528e697a5293c2f703e0d0a3c6831207374796c653d226d617267696e3a31327078203020323870783b20666f6e742d73697a653a323670783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e797768657265223ee98081e4bfa1e4b8ade381ae3c7762723ee58fb73c2f68313e0d0a3c70207374796c653d226d617267696e3a3020302031387078223ee38081e38193e38293e381abe381a1e381afe380823c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee6898be5bc95e38292e8aaade382803c2f613e3c2f703e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d226f7574657220666f6f7422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a6c6566743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a32387078203434707820302220616c69676e3d226c656674223e3c64697620726f6c653d22636f6e74656e74696e666f223e0d0a3c6832207374796c653d226d617267696e3a30203020313070783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223ee38193e381aee383a1e383bce383abe381abe381a4e38184e381a63c2f68323e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a6e38184e381bee38199e380823c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0a3c62723ee68980e59ca8e59cb03a20e380923c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e3030302d303030303c2f7370616e3e20e381bfe381aae381a8e5b882e4b8ade5a4ae3c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e312d313c2f7370616e3e0d0a3c62723ee3818ae5958fe38184e59088e3828fe3819b3a203c6120687265663d226d61696c746f3a69637440636974792e6578616d706c652e6a7022207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e69637440636974792e6578616d706c652e6a703c2f613e0d0a3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223e3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee9858de4bfa1e38292e5819ce6ada2e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b3c2f613e3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee382a6e382a7e38396e789883a203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f3522207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f353c2f613e3c2f703e0d0a3c64697620636c6173733d2268696464656e2220617269612d68696464656e3d227472756522207374796c653d22646973706c61793a6e6f6e653b206d61782d6865696768743a303b206f766572666c6f773a68696464656e3b206d736f2d686964653a616c6c3b20666f6e742d73697a653a3170783b206c696e652d6865696768743a317078223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f332f2220746162696e6465783d222d31222072656c3d226e6f666f6c6c6f7722207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ec2a03c2f613e3c2f6469763e0d0a3c696d6720636c6173733d22646f7422207372633d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f6f2f2e676966222077696474683d223122206865696768743d22312220616c743d2222207374796c653d22646973706c61793a626c6f636b3b20626f726465723a303b2077696474683a3170783b206865696768743a3170783b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e363b20636f6c6f723a23353236303664223e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c2f74643e3c2f74723e3c2f7461626c653e3c215b656e6469665d2d2d3e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c2f6469763e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a2d2d3d5f653032623733616162386530343135346266303863306135383662342d2d0d0a', '<!DOCTYPE html>
<html lang="ja" dir="ltr" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<meta name="x-apple-disable-message-reformatting">
<title>送信中の号</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>body,table,td,th,p,li,a,h1,h2,h3{font-family:"Yu Gothic","Meiryo",sans-serif!important}ul,ol{margin-left:28px!important;padding:0!important}img{-ms-interpolation-mode:bicubic}</style><![endif]-->
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}@media (max-width:480px){.gutter{padding:0 0 32px!important}.top{padding:12px 20px!important}.page{padding:26px 20px 16px!important}.foot{padding:24px 20px 0!important}.inset{padding:18px 16px 2px!important}h1{font-size:23px!important}.data{font-size:14px!important}.data th,.data td{padding:8px 6px!important}}</style>
<style>@media (prefers-color-scheme:dark){.ground{background-color:#0f141a!important}.sheet{background-color:#171f27!important;border-color:#9fb4c7!important}.copy,.copy h1,.copy h2,.copy h3{color:#e9edf1!important}.outer,.outer h2{color:#aeb8c2!important}.soft,img{color:#aeb8c2!important}.copy a{color:#97b6d2!important}.outer a{color:#97b6d2!important}.copy .accent{color:#9fb4c7!important}.panel,.data thead th{background-color:#252c34!important}.notice{border-color:#9fb4c7!important}.copy h2,.card,.chips a,.data th,.data td{border-color:#394047!important}.copy .first{border-color:#9fb4c7!important}.button{background-color:#9fb4c7!important}.copy .button a{color:#171f27!important}.logo{background-color:#ffffff!important;padding:6px!important;border-radius:4px!important}}</style>
</head>
<body class="ground" style="margin:0; padding:0; -webkit-text-size-adjust:100%; background-color:#f3f5f7" bgcolor="#f3f5f7">
<div role="article" aria-roledescription="email" aria-label="送信中の号" lang="ja" dir="ltr">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f7" bgcolor="#f3f5f7"><tr><td align="center" class="gutter" style="padding:16px 12px 40px">
<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="frame" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px">
<tr><td class="outer top" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:right; overflow-wrap:anywhere; padding:0 44px 12px" align="right"><div role="banner">
<a href="#main" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">本文へ進む</a>   <a href="https://news.city.example.jp/v/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ブラウザで表示する</a>
</div></td></tr>
<tr><td class="sheet copy page" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; background-color:#fff; padding:36px 44px 28px; border-top:6px solid #1d4f7c" align="left" bgcolor="#ffffff"><div role="main" id="main">
<p class="mast accent" style="margin:0 0 2px; line-height:1.6; color:#1d4f7c"><strong>自治体ICTだより</strong></p>
<p class="soft small" style="margin:0 0 14px; color:#52606d; font-size:14px">第5号   2026年11月29日(日)</p>
<h1 style="margin:12px 0 28px; font-size:26px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere">送信中の<wbr>号</h1>
<p style="margin:0 0 18px">皆さま、こんにちは。<a href="https://news.city.example.jp/c/1/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">手引を読む</a></p>
</div></td></tr>
<tr><td class="outer foot" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:left; overflow-wrap:anywhere; padding:28px 44px 0" align="left"><div role="contentinfo">
<h2 style="margin:0 0 10px; padding:0; border-bottom:2px solid #dbddde; font-size:14px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0">このメールについて</h2>
<p style="margin:0 0 14px">このメールは「自治体ICTだより」の購読を申し込まれた方へお送りしています。</p>
<p style="margin:0 0 14px">発行: みなと市 情報政策課
<br>所在地: 〒<span style="white-space:nowrap">000-0000</span> みなと市中央<span style="white-space:nowrap">1-1</span>
<br>お問い合わせ: <a href="mailto:ict@city.example.jp" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ict@city.example.jp</a>
</p>
<p style="margin:0 0 14px"><a class="act" href="https://news.city.example.jp/u/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">配信を停止する</a><br>
<a class="act" href="https://news.city.example.jp/p/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">登録内容を変更する</a><br>
<a class="act" href="https://news.city.example.jp/c/2/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">バックナンバーを見る</a></p>
<p style="margin:0 0 14px">ウェブ版: <a href="https://news.city.example.jp/archive/ict/5" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">https://news.city.example.jp/archive/ict/5</a></p>
<div class="hidden" aria-hidden="true" style="display:none; max-height:0; overflow:hidden; mso-hide:all; font-size:1px; line-height:1px"><a href="https://news.city.example.jp/c/3/" tabindex="-1" rel="nofollow" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px"> </a></div>
<img class="dot" src="https://news.city.example.jp/o/.gif" width="1" height="1" alt="" style="display:block; border:0; width:1px; height:1px; font-size:14px; line-height:1.6; color:#52606d">
</div></td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</div>
</body>
</html>', '自治体ICTだより 第5号
2026年11月29日(日)
ウェブ版
https://news.city.example.jp/archive/ict/5
ブラウザで表示する
https://news.city.example.jp/v/
━━━━━━━━━━━━━━━━━━━━
送信中の号
━━━━━━━━━━━━━━━━━━━━
皆さま、こんにちは。手引を読む[1]
[1] 手引を読む
https://news.city.example.jp/c/1/
━━━━━━━━━━━━━━━━━━━━
このメールについて
━━━━━━━━━━━━━━━━━━━━
このメールは「自治体ICTだより」の購読を申し込まれた方へお送りして
います。
発行: みなと市 情報政策課
所在地: 〒000-0000 みなと市中央1-1
お問い合わせ: ict@city.example.jp
配信を停止する
https://news.city.example.jp/u/
登録内容を変更する
https://news.city.example.jp/p/
バックナンバーを見る
https://news.city.example.jp/c/2/
', 12840, '305dd77ce1b528695a9f4d55ca904afd9979c1beb13a01853178a701c680cd3f', '2026-11-28 22:10:10.26509+00', NULL),
	(7, 1, '{"met": []}', '\x4b414952414e2d45444954494f4e010000024b7b22626f6479223a5b3131322c5b2270617274222c3137352c5b22746f6b656e222c2276696577225d2c3135302c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c226e6f6e65225d2c39372c5b22746f6b656e222c22636c69636b225d2c3435342c5b22746f6b656e222c22756e737562736372696265225d2c36322c5b22746f6b656e222c22707265666572656e636573225d2c36372c5b22746f6b656e222c22636c69636b225d2c325d2c3131312c5b2270617274222c333232382c5b22746f6b656e222c2276696577225d2c3938352c5b226669656c64222c226e616d65222c225c75373638365c75333035355c7533303765222c2268746d6c225d2c36332c5b22746f6b656e222c22636c69636b225d2c313236312c5b22746f6b656e222c22756e737562736372696265225d2c3232392c5b22746f6b656e222c22707265666572656e636573225d2c3233372c5b22746f6b656e222c22636c69636b225d2c3631382c5b22746f6b656e222c22636c69636b225d2c3230352c5b22746f6b656e222c226f70656e225d2c3235385d2c33365d2c2268656164657273223a5b37342c5b22686561646572222c22746f225d2c35352c5b22686561646572222c2264617465225d2c31352c5b22746f6b656e222c226d657373616765225d2c3134322c5b22746f6b656e222c22756e737562736372696265225d2c35352c5b22746f6b656e222c22756e737562736372696265225d2c39372c5b22746f6b656e222c22707265666572656e636573225d2c3332365d7d46726f6d3a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c69637440636974792e6578616d706c652e6a703e0d0a546f3a200d0a5375626a6563743a203d3f5554462d383f423f3572715735594b5a357269493434472f3434477535592b333f3d0d0a446174653a200d0a4d6573736167652d49443a203c40636974792e6578616d706c652e6a703e0d0a4c6973742d49643a203d3f5554462d383f423f3649657135724b37354c325453554e553434476734344b4934344b4b3f3d203c6963742e636974792e6578616d706c652e6a703e0d0a4c6973742d556e7375627363726962653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d756e7375627363726962652532303e0d0a4c6973742d556e7375627363726962652d506f73743a204c6973742d556e7375627363726962653d4f6e652d436c69636b0d0a4c6973742d48656c703a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f3e2c0d0a203c6d61696c746f3a69637440636974792e6578616d706c652e6a703f7375626a6563743d68656c703e0d0a4c6973742d417263686976653a203c68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963743e0d0a466565646261636b2d49443a20373a6963743a726567756c61723a636974796578616d706c656a700d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a436f6e74656e742d4c616e67756167653a206a610d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f36313663346238306462646138306634386139393039333632626238220d0a2d2d3d5f363136633462383064626461383066343861393930393336326262380d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0ae887aae6b2bbe4bd93494354e381a0e38288e3828a20e7acac36e58fb70d0a32303236e5b9b43131e69c883239e697a528e697a5290d0a0d0ae382a6e382a7e38396e789880d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f360d0ae38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae6ba96e58299e6b888e381bfe381aee58fb70d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38081e38193e38293e381abe381a1e381afe38082e6898be5bc95e38292e8aaade382805b315d0d0a0d0a5b315d20e6898be5bc95e38292e8aaade382800d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f0d0a0d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0ae38193e381aee383a1e383bce383abe381abe381a4e38184e381a60d0ae29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e29481e294810d0a0d0ae38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a60d0ae38184e381bee38199e380820d0a0d0ae799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0ae68980e59ca8e59cb03a20e380923030302d3030303020e381bfe381aae381a8e5b882e4b8ade5a4ae312d310d0ae3818ae5958fe38184e59088e3828fe3819b3a2069637440636974792e6578616d706c652e6a700d0a0d0ae9858de4bfa1e38292e5819ce6ada2e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f0d0ae799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f0d0ae38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b0d0a68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f0d0a2d2d3d5f363136633462383064626461383066343861393930393336326262380d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a206261736536340d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d226a6122206469723d226c74722220786d6c6e733a6f3d2275726e3a736368656d61732d6d6963726f736f66742d636f6d3a6f66666963653a6f6666696365223e0d0a3c686561643e0d0a3c6d65746120636861727365743d227574662d38223e0d0a3c6d657461206e616d653d2276696577706f72742220636f6e74656e743d2277696474683d6465766963652d77696474682c696e697469616c2d7363616c653d31223e0d0a3c6d657461206e616d653d22636f6c6f722d736368656d652220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d226c69676874206461726b223e0d0a3c6d657461206e616d653d22666f726d61742d646574656374696f6e2220636f6e74656e743d2274656c6570686f6e653d6e6f2c646174653d6e6f2c616464726573733d6e6f2c656d61696c3d6e6f2c75726c3d6e6f223e0d0a3c6d657461206e616d653d22782d6170706c652d64697361626c652d6d6573736167652d7265666f726d617474696e67223e0d0a3c7469746c653ee6ba96e58299e6b888e381bfe381aee58fb73c2f7469746c653e0d0a3c212d2d5b6966206d736f5d3e3c786d6c3e3c6f3a4f6666696365446f63756d656e7453657474696e67733e3c6f3a506978656c73506572496e63683e39363c2f6f3a506978656c73506572496e63683e3c2f6f3a4f6666696365446f63756d656e7453657474696e67733e3c2f786d6c3e3c7374796c653e626f64792c7461626c652c74642c74682c702c6c692c612c68312c68322c68337b666f6e742d66616d696c793a22597520476f74686963222c224d656972796f222c73616e732d736572696621696d706f7274616e747d756c2c6f6c7b6d617267696e2d6c6566743a3238707821696d706f7274616e743b70616464696e673a3021696d706f7274616e747d696d677b2d6d732d696e746572706f6c6174696f6e2d6d6f64653a626963756269637d3c2f7374796c653e3c215b656e6469665d2d2d3e0d0a3c7374796c653e3a726f6f747b636f6c6f722d736368656d653a6c69676874206461726b3b737570706f727465642d636f6c6f722d736368656d65733a6c69676874206461726b7d615b782d6170706c652d646174612d6465746563746f72735d7b636f6c6f723a696e686572697421696d706f7274616e743b746578742d6465636f726174696f6e3a6e6f6e6521696d706f7274616e747d406d6564696120286d61782d77696474683a3438307078297b2e6775747465727b70616464696e673a302030203332707821696d706f7274616e747d2e746f707b70616464696e673a31327078203230707821696d706f7274616e747d2e706167657b70616464696e673a323670782032307078203136707821696d706f7274616e747d2e666f6f747b70616464696e673a323470782032307078203021696d706f7274616e747d2e696e7365747b70616464696e673a3138707820313670782032707821696d706f7274616e747d68317b666f6e742d73697a653a3233707821696d706f7274616e747d2e646174617b666f6e742d73697a653a3134707821696d706f7274616e747d2e646174612074682c2e646174612074647b70616464696e673a3870782036707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c7374796c653e406d656469612028707265666572732d636f6c6f722d736368656d653a6461726b297b2e67726f756e647b6261636b67726f756e642d636f6c6f723a2330663134316121696d706f7274616e747d2e73686565747b6261636b67726f756e642d636f6c6f723a2331373166323721696d706f7274616e743b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792c2e636f70792068312c2e636f70792068322c2e636f70792068337b636f6c6f723a2365396564663121696d706f7274616e747d2e6f757465722c2e6f757465722068327b636f6c6f723a2361656238633221696d706f7274616e747d2e736f66742c696d677b636f6c6f723a2361656238633221696d706f7274616e747d2e636f707920617b636f6c6f723a2339376236643221696d706f7274616e747d2e6f7574657220617b636f6c6f723a2339376236643221696d706f7274616e747d2e636f7079202e616363656e747b636f6c6f723a2339666234633721696d706f7274616e747d2e70616e656c2c2e646174612074686561642074687b6261636b67726f756e642d636f6c6f723a2332353263333421696d706f7274616e747d2e6e6f746963657b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e636f70792068322c2e636172642c2e636869707320612c2e646174612074682c2e646174612074647b626f726465722d636f6c6f723a2333393430343721696d706f7274616e747d2e636f7079202e66697273747b626f726465722d636f6c6f723a2339666234633721696d706f7274616e747d2e627574746f6e7b6261636b67726f756e642d636f6c6f723a2339666234633721696d706f7274616e747d2e636f7079202e627574746f6e20617b636f6c6f723a2331373166323721696d706f7274616e747d2e6c6f676f7b6261636b67726f756e642d636f6c6f723a2366666666666621696d706f7274616e743b70616464696e673a36707821696d706f7274616e743b626f726465722d7261646975733a34707821696d706f7274616e747d7d3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d2267726f756e6422207374796c653d226d617267696e3a303b2070616464696e673a303b202d7765626b69742d746578742d73697a652d61646a7573743a313030253b206261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e0d0a3c64697620726f6c653d2261727469636c652220617269612d726f6c656465736372697074696f6e3d22656d61696c2220617269612d6c6162656c3d22e6ba96e58299e6b888e381bfe381aee58fb722206c616e673d226a6122206469723d226c7472223e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d2267726f756e64222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226261636b67726f756e642d636f6c6f723a2366336635663722206267636f6c6f723d2223663366356637223e3c74723e3c746420616c69676e3d2263656e7465722220636c6173733d2267757474657222207374796c653d2270616464696e673a3136707820313270782034307078223e0d0a3c212d2d5b6966206d736f5d3e3c7461626c6520726f6c653d2270726573656e746174696f6e222077696474683d22363430222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d2230223e3c74723e3c74643e3c215b656e6469665d2d2d3e0d0a3c7461626c6520726f6c653d2270726573656e746174696f6e2220636c6173733d226672616d65222077696474683d2231303025222063656c6c70616464696e673d2230222063656c6c73706163696e673d22302220626f726465723d223022207374796c653d226d61782d77696474683a3634307078223e0d0a3c74723e3c746420636c6173733d226f7574657220746f7022207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a72696768743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a30203434707820313270782220616c69676e3d227269676874223e3c64697620726f6c653d2262616e6e6572223e0d0a3c6120687265663d22236d61696e22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee69cace69687e381b8e980b2e382803c2f613e20c2a0203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f762f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee38396e383a9e382a6e382b6e381a7e8a1a8e7a4bae38199e3828b3c2f613e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d22736865657420636f7079207061676522207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313670783b206c696e652d6865696768743a312e38353b20636f6c6f723a233166323933333b20746578742d616c69676e3a6c6566743b206c696e652d627265616b3a7374726963743b206f766572666c6f772d777261703a616e7977686572653b20746578742d777261703a7072657474793b206261636b67726f756e642d636f6c6f723a236666663b2070616464696e673a33367078203434707820323870783b20626f726465722d746f703a36707820736f6c696420233164346637632220616c69676e3d226c65667422206267636f6c6f723d2223666666666666223e3c64697620726f6c653d226d61696e222069643d226d61696e223e0d0a3c7020636c6173733d226d61737420616363656e7422207374796c653d226d617267696e3a302030203270783b206c696e652d6865696768743a312e363b20636f6c6f723a23316434663763223e3c7374726f6e673ee887aae6b2bbe4bd93494354e381a0e38288e3828a3c2f7374726f6e673e3c2f703e0d0a3c7020636c6173733d22736f667420736d616c6c22207374796c653d226d617267696e3a30203020313470783b20636f6c6f723a233532363036643b20666f6e742d73697a653a31347078223ee7acac36e58fb720c2a02032303236e5b9b43131e69c883239e697a528e697a5293c2f703e0d0a3c6831207374796c653d226d617267696e3a31327078203020323870783b20666f6e742d73697a653a323670783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e797768657265223ee6ba96e58299e6b888e381bfe381ae3c7762723ee58fb73c2f68313e0d0a3c70207374796c653d226d617267696e3a3020302031387078223ee38081e38193e38293e381abe381a1e381afe380823c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f312f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ee6898be5bc95e38292e8aaade382803c2f613e3c2f703e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c74723e3c746420636c6173733d226f7574657220666f6f7422207374796c653d22666f6e742d66616d696c793a4869726167696e6f2053616e732c204869726167696e6f204b616b7520476f746869632050726f4e2c2042495a20554450476f746869632c20597520476f746869632c204d656972796f2c2073616e732d73657269663b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e383b20636f6c6f723a233532363036643b20746578742d616c69676e3a6c6566743b206f766572666c6f772d777261703a616e7977686572653b2070616464696e673a32387078203434707820302220616c69676e3d226c656674223e3c64697620726f6c653d22636f6e74656e74696e666f223e0d0a3c6832207374796c653d226d617267696e3a30203020313070783b2070616464696e673a303b20626f726465722d626f74746f6d3a32707820736f6c696420236462646464653b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e353b20666f6e742d7765696768743a626f6c643b20776f72642d627265616b3a6b6565702d616c6c3b206f766572666c6f772d777261703a616e7977686572653b20626f726465723a30223ee38193e381aee383a1e383bce383abe381abe381a4e38184e381a63c2f68323e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee38193e381aee383a1e383bce383abe381afe3808ce887aae6b2bbe4bd93494354e381a0e38288e3828ae3808de381aee8b3bce8aaade38292e794b3e38197e8bebce381bee3828ce3819fe696b9e381b8e3818ae98081e3828ae38197e381a6e38184e381bee38199e380823c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee799bae8a18c3a20e381bfe381aae381a8e5b88220e68385e5a0b1e694bfe7ad96e8aab20d0a3c62723ee68980e59ca8e59cb03a20e380923c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e3030302d303030303c2f7370616e3e20e381bfe381aae381a8e5b882e4b8ade5a4ae3c7370616e207374796c653d2277686974652d73706163653a6e6f77726170223e312d313c2f7370616e3e0d0a3c62723ee3818ae5958fe38184e59088e3828fe3819b3a203c6120687265663d226d61696c746f3a69637440636974792e6578616d706c652e6a7022207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e69637440636974792e6578616d706c652e6a703c2f613e0d0a3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223e3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f752f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee9858de4bfa1e38292e5819ce6ada2e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f702f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee799bbe98cb2e58685e5aeb9e38292e5a489e69bb4e38199e3828b3c2f613e3c62723e0d0a3c6120636c6173733d226163742220687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f322f22207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a3370783b20646973706c61793a696e6c696e652d626c6f636b3b2070616464696e673a3470782030223ee38390e38383e382afe3838ae383b3e38390e383bce38292e8a68be3828b3c2f613e3c2f703e0d0a3c70207374796c653d226d617267696e3a3020302031347078223ee382a6e382a7e38396e789883a203c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f3622207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223e68747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f617263686976652f6963742f363c2f613e3c2f703e0d0a3c64697620636c6173733d2268696464656e2220617269612d68696464656e3d227472756522207374796c653d22646973706c61793a6e6f6e653b206d61782d6865696768743a303b206f766572666c6f773a68696464656e3b206d736f2d686964653a616c6c3b20666f6e742d73697a653a3170783b206c696e652d6865696768743a317078223e3c6120687265663d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f632f332f2220746162696e6465783d222d31222072656c3d226e6f666f6c6c6f7722207374796c653d22636f6c6f723a233062353339343b20746578742d6465636f726174696f6e3a756e6465726c696e653b20746578742d6465636f726174696f6e2d746869636b6e6573733a3170783b20746578742d756e6465726c696e652d6f66667365743a337078223ec2a03c2f613e3c2f6469763e0d0a3c696d6720636c6173733d22646f7422207372633d2268747470733a2f2f6e6577732e636974792e6578616d706c652e6a702f6f2f2e676966222077696474683d223122206865696768743d22312220616c743d2222207374796c653d22646973706c61793a626c6f636b3b20626f726465723a303b2077696474683a3170783b206865696768743a3170783b20666f6e742d73697a653a313470783b206c696e652d6865696768743a312e363b20636f6c6f723a23353236303664223e0d0a3c2f6469763e3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c212d2d5b6966206d736f5d3e3c2f74643e3c2f74723e3c2f7461626c653e3c215b656e6469665d2d2d3e0d0a3c2f74643e3c2f74723e3c2f7461626c653e0d0a3c2f6469763e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a2d2d3d5f363136633462383064626461383066343861393930393336326262382d2d0d0a', '<!DOCTYPE html>
<html lang="ja" dir="ltr" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<meta name="x-apple-disable-message-reformatting">
<title>準備済みの号</title>
<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>body,table,td,th,p,li,a,h1,h2,h3{font-family:"Yu Gothic","Meiryo",sans-serif!important}ul,ol{margin-left:28px!important;padding:0!important}img{-ms-interpolation-mode:bicubic}</style><![endif]-->
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}@media (max-width:480px){.gutter{padding:0 0 32px!important}.top{padding:12px 20px!important}.page{padding:26px 20px 16px!important}.foot{padding:24px 20px 0!important}.inset{padding:18px 16px 2px!important}h1{font-size:23px!important}.data{font-size:14px!important}.data th,.data td{padding:8px 6px!important}}</style>
<style>@media (prefers-color-scheme:dark){.ground{background-color:#0f141a!important}.sheet{background-color:#171f27!important;border-color:#9fb4c7!important}.copy,.copy h1,.copy h2,.copy h3{color:#e9edf1!important}.outer,.outer h2{color:#aeb8c2!important}.soft,img{color:#aeb8c2!important}.copy a{color:#97b6d2!important}.outer a{color:#97b6d2!important}.copy .accent{color:#9fb4c7!important}.panel,.data thead th{background-color:#252c34!important}.notice{border-color:#9fb4c7!important}.copy h2,.card,.chips a,.data th,.data td{border-color:#394047!important}.copy .first{border-color:#9fb4c7!important}.button{background-color:#9fb4c7!important}.copy .button a{color:#171f27!important}.logo{background-color:#ffffff!important;padding:6px!important;border-radius:4px!important}}</style>
</head>
<body class="ground" style="margin:0; padding:0; -webkit-text-size-adjust:100%; background-color:#f3f5f7" bgcolor="#f3f5f7">
<div role="article" aria-roledescription="email" aria-label="準備済みの号" lang="ja" dir="ltr">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f7" bgcolor="#f3f5f7"><tr><td align="center" class="gutter" style="padding:16px 12px 40px">
<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="frame" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px">
<tr><td class="outer top" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:right; overflow-wrap:anywhere; padding:0 44px 12px" align="right"><div role="banner">
<a href="#main" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">本文へ進む</a>   <a href="https://news.city.example.jp/v/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ブラウザで表示する</a>
</div></td></tr>
<tr><td class="sheet copy page" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:16px; line-height:1.85; color:#1f2933; text-align:left; line-break:strict; overflow-wrap:anywhere; text-wrap:pretty; background-color:#fff; padding:36px 44px 28px; border-top:6px solid #1d4f7c" align="left" bgcolor="#ffffff"><div role="main" id="main">
<p class="mast accent" style="margin:0 0 2px; line-height:1.6; color:#1d4f7c"><strong>自治体ICTだより</strong></p>
<p class="soft small" style="margin:0 0 14px; color:#52606d; font-size:14px">第6号   2026年11月29日(日)</p>
<h1 style="margin:12px 0 28px; font-size:26px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere">準備済みの<wbr>号</h1>
<p style="margin:0 0 18px">皆さま、こんにちは。<a href="https://news.city.example.jp/c/1/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">手引を読む</a></p>
</div></td></tr>
<tr><td class="outer foot" style="font-family:Hiragino Sans, Hiragino Kaku Gothic ProN, BIZ UDPGothic, Yu Gothic, Meiryo, sans-serif; font-size:14px; line-height:1.8; color:#52606d; text-align:left; overflow-wrap:anywhere; padding:28px 44px 0" align="left"><div role="contentinfo">
<h2 style="margin:0 0 10px; padding:0; border-bottom:2px solid #dbddde; font-size:14px; line-height:1.5; font-weight:bold; word-break:keep-all; overflow-wrap:anywhere; border:0">このメールについて</h2>
<p style="margin:0 0 14px">このメールは「自治体ICTだより」の購読を申し込まれた方へお送りしています。</p>
<p style="margin:0 0 14px">発行: みなと市 情報政策課
<br>所在地: 〒<span style="white-space:nowrap">000-0000</span> みなと市中央<span style="white-space:nowrap">1-1</span>
<br>お問い合わせ: <a href="mailto:ict@city.example.jp" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">ict@city.example.jp</a>
</p>
<p style="margin:0 0 14px"><a class="act" href="https://news.city.example.jp/u/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">配信を停止する</a><br>
<a class="act" href="https://news.city.example.jp/p/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">登録内容を変更する</a><br>
<a class="act" href="https://news.city.example.jp/c/2/" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px; display:inline-block; padding:4px 0">バックナンバーを見る</a></p>
<p style="margin:0 0 14px">ウェブ版: <a href="https://news.city.example.jp/archive/ict/6" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px">https://news.city.example.jp/archive/ict/6</a></p>
<div class="hidden" aria-hidden="true" style="display:none; max-height:0; overflow:hidden; mso-hide:all; font-size:1px; line-height:1px"><a href="https://news.city.example.jp/c/3/" tabindex="-1" rel="nofollow" style="color:#0b5394; text-decoration:underline; text-decoration-thickness:1px; text-underline-offset:3px"> </a></div>
<img class="dot" src="https://news.city.example.jp/o/.gif" width="1" height="1" alt="" style="display:block; border:0; width:1px; height:1px; font-size:14px; line-height:1.6; color:#52606d">
</div></td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</div>
</body>
</html>', '自治体ICTだより 第6号
2026年11月29日(日)
ウェブ版
https://news.city.example.jp/archive/ict/6
ブラウザで表示する
https://news.city.example.jp/v/
━━━━━━━━━━━━━━━━━━━━
準備済みの号
━━━━━━━━━━━━━━━━━━━━
皆さま、こんにちは。手引を読む[1]
[1] 手引を読む
https://news.city.example.jp/c/1/
━━━━━━━━━━━━━━━━━━━━
このメールについて
━━━━━━━━━━━━━━━━━━━━
このメールは「自治体ICTだより」の購読を申し込まれた方へお送りして
います。
発行: みなと市 情報政策課
所在地: 〒000-0000 みなと市中央1-1
お問い合わせ: ict@city.example.jp
配信を停止する
https://news.city.example.jp/u/
登録内容を変更する
https://news.city.example.jp/p/
バックナンバーを見る
https://news.city.example.jp/c/2/
', 12860, 'fd41be9cd5c9c4c4fbbae5ff0ebd3603ccd7c84b2773d446f9a1bbd892ece042', '2026-11-28 22:10:20.18652+00', NULL);
INSERT INTO public.hit_2026_11 VALUES
	('2026-11-28 22:10:08.560441+00', '28f45a93-3a54-c91d-0000-00004b91de52', 1, 1, 'open', 'GET', 0, NULL, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.578583+00', '28f45a93-3a54-c91d-0000-00004b91de53', 1, 1, 'click', 'GET', 3, 2, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.600711+00', '28f45a93-3a54-c91d-0000-00004b91de54', 1, 2, 'open', 'GET', 0, NULL, 2, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.615125+00', '28f45a93-3a54-c91d-0000-00004b91de55', 1, 2, 'click', 'GET', 2, 1, 2, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.625909+00', '28f45a93-3a54-c91d-0000-00004b91de56', 1, 3, 'open', 'GET', 0, NULL, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.629093+00', '28f45a93-3a54-c91d-0000-00004b91de57', 1, 3, 'click', 'GET', 3, 2, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.643938+00', '28f45a93-3a54-c91d-0000-00004b91de58', 1, 5, 'open', 'GET', 0, NULL, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.652893+00', '28f45a93-3a54-c91d-0000-00004b91de59', 1, 5, 'click', 'GET', 3, 2, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.66834+00', '28f45a93-3a54-c91d-0000-00004b91de5a', 1, 7, 'open', 'GET', 0, NULL, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.672877+00', '28f45a93-3a54-c91d-0000-00004b91de5b', 1, 7, 'click', 'GET', 3, 2, 1, '127.0.0.1', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', '{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"}', 'human', 90, '{}'),
	('2026-11-28 22:10:08.690677+00', '28f45a93-3a54-c91d-0000-00004b91de5c', 1, -2023194999060677943, 'open', 'GET', 0, NULL, NULL, NULL, NULL, NULL, 'human', 90, '{}'),
	('2026-11-28 22:10:08.717383+00', '28f45a93-3a54-c91d-0000-00004b91de5d', 1, -2023194999060677943, 'click', 'GET', 2, 1, NULL, NULL, NULL, NULL, 'human', 90, '{}');
INSERT INTO public.issue VALUES
	(2, 2, 1, 'regular', 'draft', 'ja', '防災の号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '', false, NULL, '2026-11-28 22:09:57.492924+00', '2026-11-28 22:09:57.492937+00', NULL, NULL, NULL, 1, DEFAULT, DEFAULT, DEFAULT),
	(1, 1, 1, 'regular', 'sending', 'ja', '送信済みの号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}, {"kind": "article", "lead": "", "only": {"topics": [], "audiences": []}, "article": "article-0"}, {"kind": "article", "lead": "", "only": {"topics": [], "audiences": []}, "article": "article-1"}, {"kind": "article", "lead": "", "only": {"topics": [], "audiences": []}, "article": "article-2"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '34106e8345d596ec55afa194b3303cd22a9501cab6ea4f887649241e1bf4a6c0', false, NULL, '2026-11-28 19:09:57.311585+00', '2026-11-28 19:09:58.452301+00', '2026-11-28 19:09:57.395236+00', '2026-11-28 19:09:58.439812+00', NULL, 6, DEFAULT, DEFAULT, DEFAULT),
	(3, 1, 2, 'regular', 'paused', 'ja', '一時停止の号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, 'bad23105bb9952631a7f1944c8b6ebe0e051b6011a7cabd372311f653b1027bc', false, NULL, '2026-11-28 22:09:57.508369+00', '2026-11-28 22:10:00.401374+00', '2026-11-28 22:09:57.559268+00', '2026-11-28 22:10:00.045541+00', NULL, 7, DEFAULT, DEFAULT, DEFAULT),
	(4, 1, 3, 'regular', 'cancelled', 'ja', '取消の号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '9350823e5c16be32fb22887c64d07a1dec785470059c57407eccaca9505c3644', false, NULL, '2026-11-28 22:09:57.579784+00', '2026-11-28 22:10:00.456592+00', '2026-11-28 22:09:57.61517+00', '2026-11-28 22:10:00.293074+00', NULL, 7, DEFAULT, DEFAULT, DEFAULT),
	(5, 1, 4, 'ranking', 'draft', 'ja', '【2026年 年間ランキング】よく読まれた記事 TOP2', '第2位から第1位まで、記事の要点とその後の動きをご紹介します。', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "2026年、「自治体ICTだより」の記事のうち、多くの方にお読みいただいた2本を、第2位から順にご紹介します。順位は、記事を開いた方の人数で決めました。"}, {"kind": "ranking", "news": [], "only": {"topics": [], "audiences": []}, "place": 2, "recap": "", "article": "article-0", "readers": 2, "last_place": null}, {"kind": "ranking", "news": [], "only": {"topics": [], "audiences": []}, "place": 1, "recap": "", "article": "article-1", "readers": 4, "last_place": null}, {"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "お読みいただきありがとうございました。これからも役立つ話題をお届けします。"}, {"kind": "topics", "lead": "", "only": {"topics": [], "audiences": []}, "title": "", "topics": ["dx", "privacy", "rpa"]}, {"kind": "search", "only": {"topics": [], "audiences": []}, "title": ""}, {"kind": "signup", "only": {"topics": [], "audiences": []}, "text": "", "title": "", "button": ""}]', NULL, NULL, '', false, '{"top": 2, "query": {"from": "2026-01-01", "topic": "", "until": "2027-01-01", "period": "2026", "policy": "human", "measure": "readers", "audience": "", "first_days": 30, "newsletter": "ict"}, "digest": ""}', NULL, '', 1, NULL, '', false, NULL, '2026-11-28 22:10:09.868758+00', '2026-11-28 22:10:09.868764+00', NULL, NULL, NULL, 1, DEFAULT, DEFAULT, DEFAULT),
	(6, 1, 5, 'regular', 'sending', 'ja', '送信中の号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, 'e73308661aaa2cd881bfc70242cd56a4ec2b6fd3a3ab34be06a27c518d6a33b5', false, NULL, '2026-11-28 22:10:09.980985+00', '2026-11-28 22:10:10.284349+00', '2026-11-28 22:10:10.039193+00', '2026-11-28 22:10:10.277116+00', NULL, 6, DEFAULT, DEFAULT, DEFAULT),
	(7, 1, 6, 'regular', 'sending', 'ja', '準備済みの号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '90d7053be9b0c427ecce8b39e9abbf042baa2b7e99c06dce933965ccb162cb2a', false, NULL, '2026-11-28 22:10:19.877552+00', '2026-11-28 22:10:20.21426+00', '2026-11-28 22:10:19.910019+00', '2026-11-28 22:10:20.205073+00', NULL, 6, DEFAULT, DEFAULT, DEFAULT),
	(8, 1, 7, 'regular', 'scheduled', 'ja', '予定の時刻の号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '', false, NULL, '2026-11-28 22:10:19.928834+00', '2026-11-28 22:10:19.95671+00', '2026-11-28 22:10:19.956303+00', NULL, NULL, 4, DEFAULT, DEFAULT, DEFAULT),
	(9, 1, 8, 'regular', 'draft', 'ja', 'draftの号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '', false, NULL, '2026-11-28 22:10:19.96922+00', '2026-11-28 22:10:19.969225+00', NULL, NULL, NULL, 1, DEFAULT, DEFAULT, DEFAULT),
	(10, 1, 9, 'regular', 'in_review', 'ja', 'in_reviewの号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '', false, NULL, '2026-11-28 22:10:19.979923+00', '2026-11-28 22:10:19.985465+00', NULL, NULL, NULL, 2, DEFAULT, DEFAULT, DEFAULT),
	(11, 1, 10, 'regular', 'approved', 'ja', 'approvedの号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '', false, NULL, '2026-11-28 22:10:20.004861+00', '2026-11-28 22:10:20.02658+00', NULL, NULL, NULL, 3, DEFAULT, DEFAULT, DEFAULT),
	(12, 1, 11, 'regular', 'scheduled', 'ja', '先の号', '', '', '{}', '[{"kind": "prose", "only": {"topics": [], "audiences": []}, "text": "{{ reader.name | default(''皆さま'') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"}]', NULL, NULL, '', false, '{}', NULL, '', NULL, NULL, '', false, NULL, '2026-11-28 22:10:20.044864+00', '2026-11-28 22:10:20.080021+00', '2126-11-04 22:10:20.03517+00', NULL, NULL, 4, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO public.lane VALUES
	(1, 'docomo', 'NTTドコモ', '{docomo.ne.jp}', 10, 4, 100, NULL, NULL, NULL, NULL, 0, '[]', NULL, NULL, ''),
	(2, 'au', 'au', '{ezweb.ne.jp,au.com,uqmobile.jp}', 20, 4, 100, NULL, NULL, NULL, NULL, 0, '[]', NULL, NULL, ''),
	(3, 'softbank', 'ソフトバンク', '{softbank.ne.jp,i.softbank.jp,vodafone.ne.jp,ymobile.ne.jp,disney.ne.jp}', 30, 4, 100, NULL, NULL, NULL, NULL, 0, '[]', NULL, NULL, ''),
	(4, 'gmail', 'Gmail', '{gmail.com,googlemail.com}', 40, NULL, NULL, NULL, NULL, NULL, NULL, 0, '[]', NULL, NULL, ''),
	(5, 'microsoft', 'Microsoft', '{outlook.com,outlook.jp,hotmail.com,hotmail.co.jp,live.com,live.jp,msn.com}', 50, NULL, NULL, NULL, NULL, NULL, NULL, 0, '[]', NULL, NULL, ''),
	(6, 'yahoo-japan', 'Yahoo! JAPAN', '{yahoo.co.jp,ymail.ne.jp}', 60, NULL, NULL, NULL, NULL, NULL, NULL, 0, '[]', NULL, NULL, ''),
	(7, 'other', 'その他', '{}', 1000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '[]', NULL, NULL, '');
INSERT INTO public.link VALUES
	(1, 1, 'https://city.example.jp/tebiki', 'prose', NULL, ''),
	(1, 2, 'https://news.city.example.jp/archive/ict/articles/article-0', 'article', 1, ''),
	(1, 3, 'https://news.city.example.jp/archive/ict/articles/article-1', 'article', 2, ''),
	(1, 4, 'https://news.city.example.jp/archive/ict/articles/article-2', 'article', 3, ''),
	(1, 5, 'https://news.city.example.jp/archive/ict', 'archive', NULL, ''),
	(1, 6, 'https://news.city.example.jp/archive/ict/1', 'honeypot', NULL, ''),
	(3, 1, 'https://city.example.jp/tebiki', 'prose', NULL, ''),
	(3, 2, 'https://news.city.example.jp/archive/ict', 'archive', NULL, ''),
	(3, 3, 'https://news.city.example.jp/archive/ict/2', 'honeypot', NULL, ''),
	(4, 1, 'https://city.example.jp/tebiki', 'prose', NULL, ''),
	(4, 2, 'https://news.city.example.jp/archive/ict', 'archive', NULL, ''),
	(4, 3, 'https://news.city.example.jp/archive/ict/3', 'honeypot', NULL, ''),
	(6, 1, 'https://city.example.jp/tebiki', 'prose', NULL, ''),
	(6, 2, 'https://news.city.example.jp/archive/ict', 'archive', NULL, ''),
	(6, 3, 'https://news.city.example.jp/archive/ict/5', 'honeypot', NULL, ''),
	(7, 1, 'https://city.example.jp/tebiki', 'prose', NULL, ''),
	(7, 2, 'https://news.city.example.jp/archive/ict', 'archive', NULL, ''),
	(7, 3, 'https://news.city.example.jp/archive/ict/6', 'honeypot', NULL, '');
INSERT INTO public.member VALUES
	(1, 'author@city.example.jp', 'Author', '$argon2id$v=19$m=65536,t=3,p=4$UiK9BjpP9CMeQ9yRsO9dTQ$ZZPm5+H9agIGI4/ioQyi7oTnxn6RIh++zdr/MBgjrfA', '{author}', '', true, 1, '2026-11-28 22:09:52.663965+00', NULL),
	(2, 'approver@city.example.jp', 'Approver', '$argon2id$v=19$m=65536,t=3,p=4$du4QvvBioqR3dSxUEQ0UGw$J1eGjVkjVJ499PQoNH/7t1Lkdq0oYwwv902GIuNaLLk', '{approver}', '', true, 1, '2026-11-28 22:09:53.577569+00', NULL),
	(3, 'sender@city.example.jp', 'Sender', '$argon2id$v=19$m=65536,t=3,p=4$4mMJ4hEmoaoZN09ErnmaJw$OCNKq2MigbRtH+5Hf95ItHhhjvNN8bSSfSfVWmxySJc', '{sender}', '', true, 1, '2026-11-28 22:09:54.590679+00', NULL),
	(4, 'admin@city.example.jp', 'Admin', '$argon2id$v=19$m=65536,t=3,p=4$Huva2EgQGlNttC/jMLvSRA$nghg9sP5pbjix4zschRnBKSp9nazPV5uTGXCxp+35N8', '{administrator}', '', true, 1, '2026-11-28 22:09:55.620967+00', NULL);
INSERT INTO public.newsletter VALUES
	(1, 'ict', '自治体ICTだより', '自治体のICTの今を、月に一度お届けします。', 'ja', 'individual', true, true, 'みなと市 情報政策課', 'ict@city.example.jp', '〒000-0000 みなと市中央1-1', 'ict@city.example.jp', '', '', '', '', '{}', '[]', false, '[{"domain": "city.example.jp", "key_file": "dkim/kairan2026.city.example.jp.pem", "selector": "kairan2026"}]', '', '', '[]', 1, '2026-11-28 22:09:55.675956+00'),
	(2, 'bosai', '防災だより', '自治体のICTの今を、月に一度お届けします。', 'ja', 'aggregate', true, true, 'みなと市 情報政策課', 'ict@example.lg.jp', '〒000-0000 みなと市中央1-1', 'ict@example.lg.jp', '', '', '', '', '{}', '[]', false, '[]', '', '', '[]', 1, '2026-11-28 22:09:55.719843+00');
INSERT INTO public.notice VALUES
	(1, 'goodbye', 'left@town.example', 'ja', 1, 31, '{"name": "left", "signup": "https://news.city.example.jp/subscribe/ict"}', 'queued', 0, '2026-11-28 22:09:56.379716+00', '2026-11-28 22:09:56.379725+00', NULL, ''),
	(2, 'address_change', 'moved@town.example', 'ja', 1, 36, '{"link": "https://news.city.example.jp/address/axSLtAAAAAAAAXgussngW8yRm6vOz7q6", "expires": "2026-12-05T22:09:56.531590+00:00", "old_address": "moving@town.example"}', 'queued', 0, '2026-11-28 22:09:56.532066+00', '2026-11-28 22:09:56.532071+00', NULL, ''),
	(3, 'confirmation', 'pending@town.example', 'ja', 1, 37, '{"link": "https://news.city.example.jp/confirm/axSLtAAAAAAAK90txom-Su_iokqStA4N", "asked": "2026-11-28T22:09:56.575790+00:00", "expires": "2026-12-05T22:09:56.575768+00:00"}', 'queued', 0, '2026-11-28 22:09:56.604115+00', '2026-11-28 22:09:56.604125+00', NULL, '');
INSERT INTO public.preparation VALUES
	(1, 34, 3, 1, 4, '2026-11-28 19:09:58.441631+00'),
	(3, 34, 3, 1, 4, '2026-11-28 22:10:00.048855+00'),
	(4, 34, 3, 1, 4, '2026-11-28 22:10:00.294044+00'),
	(6, 34, 3, 1, 4, '2026-11-28 22:10:10.279753+00'),
	(7, 34, 3, 1, 4, '2026-11-28 22:10:20.20593+00');
INSERT INTO public.reach VALUES
	(1, 0, 29, '2026-11-28 22:10:08.891952+00'),
	(1, 1, 15, '2026-11-28 22:10:08.891957+00'),
	(1, 2, 13, '2026-11-28 22:10:08.891958+00'),
	(3, 0, 0, '2026-11-28 22:10:08.927175+00'),
	(4, 0, 0, '2026-11-28 22:10:08.939452+00');
INSERT INTO public.readership VALUES
	(1, 2, 'human', '2026-11-29', '0001-01-01', 1),
	(1, 2, 'human+unknown', '2026-11-29', '0001-01-01', 1),
	(2, 0, 'human', '2026-11-29', '0001-01-01', 4),
	(1, 0, 'human', '2026-11-29', '0001-01-01', 2),
	(2, 1, 'human', '2026-11-29', '0001-01-01', 4),
	(2, 1, 'human+unknown', '2026-11-29', '0001-01-01', 4),
	(1, 0, 'human+unknown', '2026-11-29', '0001-01-01', 2),
	(2, 0, 'human+unknown', '2026-11-29', '0001-01-01', 4);
INSERT INTO public.reading VALUES
	(1, -2023194999060677943, '2026-11-29', 0, 1, 0),
	(1, 2, '2026-11-29', 2, 1, 0),
	(2, 1, '2026-11-29', 1, 1, 0),
	(2, 3, '2026-11-29', 1, 1, 0),
	(2, 5, '2026-11-29', 1, 1, 0),
	(2, 7, '2026-11-29', 1, 1, 0);
INSERT INTO public.subscriber VALUES
	(1, 'reader0@town.example', 'reader0@town.example', '15b9176668c59f7c5ef3095f0a797e9b84f7bf31a685d3168ac580b53a7721a6', 'town.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.738581+00', NULL),
	(2, 'reader1@mobile.example', 'reader1@mobile.example', '4bad135ef6b12cb891ece527471445086870021d995ec9c62df17058e35e2cc7', 'mobile.example', '読者1', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.758663+00', NULL),
	(3, 'reader2@town.example', 'reader2@town.example', 'aad4c39e4c03be060ec2249cb1cbdfac4762cf2dc73a3d6b56b0598a82021672', 'town.example', '読者2', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.783861+00', NULL),
	(4, 'reader3@mobile.example', 'reader3@mobile.example', '61ccc03f5931f73ed8b9caef0df91870acdacd8f04d9a80c317f0bc6f9f5252f', 'mobile.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.879377+00', NULL),
	(5, 'reader4@town.example', 'reader4@town.example', 'dac0c1fdee80ff5b86dff0a8f75a507113f574307455840cb7d87c6e6ca0d7d5', 'town.example', '読者4', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.889542+00', NULL),
	(6, 'reader5@mobile.example', 'reader5@mobile.example', '195532b2184b534b9d593973973993c6946c683e59040f113c9dd053856de776', 'mobile.example', '読者5', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.912944+00', NULL),
	(7, 'reader6@town.example', 'reader6@town.example', '20012b8ae36bcfc7a81338fba9145771988e03fca464f370334c750695c213e0', 'town.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.93898+00', NULL),
	(8, 'reader7@mobile.example', 'reader7@mobile.example', '5cb3d1ee137d6b65d9294a344050fcaa530ce5c152b3e90d02404e0d7f6e8e5b', 'mobile.example', '読者7', '', '', 'ja', '{}', true, '2026-11-28 22:09:55.965122+00', NULL),
	(9, 'reader8@town.example', 'reader8@town.example', '0daef23708f45dcee10e00e5299122dc000c2806300df878671fd985ad3b8702', 'town.example', '読者8', '', '', 'ja', '{}', false, '2026-11-28 22:09:55.99124+00', NULL),
	(10, 'reader9@mobile.example', 'reader9@mobile.example', '4c690781aef32a3c9ce6150b9f859e42333a6c9008cff06990a73f60f1eda6c1', 'mobile.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.002838+00', NULL),
	(11, 'reader10@town.example', 'reader10@town.example', '029dad71e40d363ca041aa47a86600749e32018ac7e2e37da2e2f18e7e05d88d', 'town.example', '読者10', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.007665+00', NULL),
	(12, 'reader11@mobile.example', 'reader11@mobile.example', '4b6ecafd2444c4604a20d80a57c3c43ff90fccad50dc8896afb4fbb904ba4008', 'mobile.example', '読者11', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.023788+00', NULL),
	(13, 'reader12@town.example', 'reader12@town.example', '5853fff803d784e8c47803517633e820bd9623b09a77b354b4f85bb846de374e', 'town.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.049869+00', NULL),
	(14, 'reader13@mobile.example', 'reader13@mobile.example', '97d2cdc8bbfc4f9e845642067f4ef697e09b1a380cb339c8fa87319ff0ab293c', 'mobile.example', '読者13', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.069394+00', NULL),
	(15, 'reader14@town.example', 'reader14@town.example', '1ec85a612133f796fab7c71c07dffd6f9280c54dd1bcd94506170705d2d95dd3', 'town.example', '読者14', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.083116+00', NULL),
	(16, 'reader15@mobile.example', 'reader15@mobile.example', '3262f2b7b0bfe8c5e56c218fd9d0a05e9abd6c18504e3842b90e7b04fd1d8562', 'mobile.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.089111+00', NULL),
	(17, 'reader16@town.example', 'reader16@town.example', '770f3fe1358c00984c0387e269532f074a8fe04a4844ac74cc7a11affcb029c8', 'town.example', '読者16', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.093827+00', NULL),
	(18, 'reader17@mobile.example', 'reader17@mobile.example', '4acdaf9e213a0d55ca517852cb3a7a83a178ebfbbdb512989612632582737eeb', 'mobile.example', '読者17', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.11115+00', NULL),
	(19, 'reader18@town.example', 'reader18@town.example', '9ef1717cb9e88ad4291bdd7ffa50c9c9da81c53b2647fc4203bc33a1d9467974', 'town.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.118034+00', NULL),
	(20, 'reader19@mobile.example', 'reader19@mobile.example', 'd7c3e6bf33cac43d9cbeadb21fbbec99da0341923dd39796039b71c23d1b8984', 'mobile.example', '読者19', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.129053+00', NULL),
	(21, 'reader20@town.example', 'reader20@town.example', 'bc461731736b2be5a02f48cd465b07a9b56b9f53385372032d5ef8ecaa692b4b', 'town.example', '読者20', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.133541+00', NULL),
	(22, 'reader21@mobile.example', 'reader21@mobile.example', 'b501911d55068b824fcbed906ff61c0fedae54f5ebd23698990be405a54d77d0', 'mobile.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.151105+00', NULL),
	(23, 'reader22@town.example', 'reader22@town.example', '833b0724cac67921ba94ba75394e99d10b9ed0025dbd3a861efa530a97f9233e', 'town.example', '読者22', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.155516+00', NULL),
	(24, 'reader23@mobile.example', 'reader23@mobile.example', 'c763c978b01810de3a6ea515c405fcd3d02cbe836ed68c133e7a6495ef2c7dcb', 'mobile.example', '読者23', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.169372+00', NULL),
	(25, 'reader24@town.example', 'reader24@town.example', 'f83350a5aed9cbf73ea3797fb462d68b4e49de9ad8bbb4f5c90109e898362aec', 'town.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.17705+00', NULL),
	(26, 'reader25@mobile.example', 'reader25@mobile.example', '096ae1153a2421916492c3e6570574b53493142ab03fa9469074d810b92bbd94', 'mobile.example', '読者25', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.188166+00', NULL),
	(27, 'reader26@town.example', 'reader26@town.example', '89df7168186e9790ea92a2a9ee5e03c0fe296ab61fff727eba41a7eb2df92f80', 'town.example', '読者26', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.19392+00', NULL),
	(28, 'reader27@mobile.example', 'reader27@mobile.example', '474d284cd4e9f57a6f3ccd40e08c1a5665846e4b447ce18a6a57acb061609616', 'mobile.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.211585+00', NULL),
	(29, 'reader28@town.example', 'reader28@town.example', 'c9853fe99b21b5110c1804466b23dfc0d35a37c7be4dcecd977d557496270304', 'town.example', '読者28', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.218149+00', NULL),
	(30, 'reader29@mobile.example', 'reader29@mobile.example', '8cf5eeaf1b9ae08626268b535096f70229ec378c346079ba4bdfe4f79d20cc34', 'mobile.example', '読者29', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.229982+00', NULL),
	(31, 'left@town.example', 'left@town.example', 'ca9785ca1f749ac45869f6e62167551a02755e24ee6198e2fd956390195c5251', 'town.example', 'left', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.241823+00', NULL),
	(32, 'bounced@town.example', 'bounced@town.example', '86884f10c7471d8e01322238c639b6d320deb34148c1348326495677094d4b85', 'town.example', 'bounced', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.253532+00', NULL),
	(33, 'complained@town.example', 'complained@town.example', '6f307c6b7860b61d663a0fd209fb39ae0799760f831019bcea29c95db43d48ed', 'town.example', 'complained', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.26106+00', NULL),
	(34, 'held@town.example', 'held@town.example', 'a35b5803f3ee4ccca1137e3bcd413457f09410d3e7638416e708451bd8eb0082', 'town.example', 'held', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.269113+00', NULL),
	(36, 'moving@town.example', 'moving@town.example', '27e0a8688667bdca4ee9d1c9f624247c204f3155340b56e00503f92889627de5', 'town.example', 'moving', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.284142+00', NULL),
	(35, NULL, NULL, NULL, '', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.273178+00', '2026-11-28 22:09:56.483824+00'),
	(37, 'pending@town.example', 'pending@town.example', '4e35f1935d68320e6ef081937d25d24fc6c2c8aa8ccb9112971acf510af08aa2', 'town.example', '', '', '', 'ja', '{}', false, '2026-11-28 22:09:56.552664+00', NULL);
INSERT INTO public.subscription VALUES
	(1, 1, 1, 1, '{}', 'active', '2026-11-28 22:09:55.746438+00', '2026-11-28 22:09:55.736097+00', NULL, '', '{}'),
	(2, 1, 2, NULL, '{}', 'active', '2026-11-28 22:09:55.77632+00', '2026-11-28 22:09:55.757176+00', NULL, '', '{}'),
	(3, 2, 1, 2, '{}', 'active', '2026-11-28 22:09:55.776331+00', '2026-11-28 22:09:55.757658+00', NULL, '', '{}'),
	(4, 3, 1, 1, '{}', 'active', '2026-11-28 22:09:55.850579+00', '2026-11-28 22:09:55.782837+00', NULL, '', '{}'),
	(5, 4, 1, 2, '{}', 'active', '2026-11-28 22:09:55.885379+00', '2026-11-28 22:09:55.861371+00', NULL, '', '{}'),
	(6, 5, 1, 1, '{}', 'active', '2026-11-28 22:09:55.904506+00', '2026-11-28 22:09:55.888125+00', NULL, '', '{}'),
	(7, 6, 1, 2, '{}', 'active', '2026-11-28 22:09:55.925914+00', '2026-11-28 22:09:55.911863+00', NULL, '', '{}'),
	(8, 6, 2, NULL, '{}', 'active', '2026-11-28 22:09:55.955553+00', '2026-11-28 22:09:55.929428+00', NULL, '', '{}'),
	(9, 7, 1, 1, '{}', 'active', '2026-11-28 22:09:55.955566+00', '2026-11-28 22:09:55.929895+00', NULL, '', '{}'),
	(10, 8, 1, 2, '{}', 'active', '2026-11-28 22:09:55.973889+00', '2026-11-28 22:09:55.964062+00', NULL, '', '{}'),
	(11, 9, 1, 1, '{}', 'active', '2026-11-28 22:09:55.992875+00', '2026-11-28 22:09:55.986066+00', NULL, '', '{}'),
	(12, 10, 1, 2, '{}', 'active', '2026-11-28 22:09:56.004328+00', '2026-11-28 22:09:55.993955+00', NULL, '', '{}'),
	(13, 11, 1, 1, '{}', 'active', '2026-11-28 22:09:56.012666+00', '2026-11-28 22:09:56.006804+00', NULL, '', '{}'),
	(14, 11, 2, NULL, '{}', 'active', '2026-11-28 22:09:56.043968+00', '2026-11-28 22:09:56.013578+00', NULL, '', '{}'),
	(15, 12, 1, 2, '{}', 'active', '2026-11-28 22:09:56.043986+00', '2026-11-28 22:09:56.013983+00', NULL, '', '{}'),
	(16, 13, 1, 1, '{}', 'active', '2026-11-28 22:09:56.063165+00', '2026-11-28 22:09:56.048009+00', NULL, '', '{}'),
	(17, 14, 1, 2, '{}', 'active', '2026-11-28 22:09:56.076294+00', '2026-11-28 22:09:56.068225+00', NULL, '', '{}'),
	(18, 15, 1, 1, '{}', 'active', '2026-11-28 22:09:56.087049+00', '2026-11-28 22:09:56.077639+00', NULL, '', '{}'),
	(19, 16, 1, 2, '{}', 'active', '2026-11-28 22:09:56.091804+00', '2026-11-28 22:09:56.088221+00', NULL, '', '{}'),
	(20, 16, 2, NULL, '{}', 'active', '2026-11-28 22:09:56.104225+00', '2026-11-28 22:09:56.092587+00', NULL, '', '{}'),
	(21, 17, 1, 1, '{}', 'active', '2026-11-28 22:09:56.104234+00', '2026-11-28 22:09:56.092968+00', NULL, '', '{}'),
	(22, 18, 1, 2, '{}', 'active', '2026-11-28 22:09:56.116126+00', '2026-11-28 22:09:56.106106+00', NULL, '', '{}'),
	(23, 19, 1, 1, '{}', 'active', '2026-11-28 22:09:56.127078+00', '2026-11-28 22:09:56.11722+00', NULL, '', '{}'),
	(24, 20, 1, 2, '{}', 'active', '2026-11-28 22:09:56.131779+00', '2026-11-28 22:09:56.128178+00', NULL, '', '{}'),
	(25, 21, 1, 1, '{}', 'active', '2026-11-28 22:09:56.141279+00', '2026-11-28 22:09:56.132775+00', NULL, '', '{}'),
	(26, 21, 2, NULL, '{}', 'active', '2026-11-28 22:09:56.152708+00', '2026-11-28 22:09:56.142113+00', NULL, '', '{}'),
	(27, 22, 1, 2, '{}', 'active', '2026-11-28 22:09:56.152715+00', '2026-11-28 22:09:56.142465+00', NULL, '', '{}'),
	(28, 23, 1, 1, '{}', 'active', '2026-11-28 22:09:56.167339+00', '2026-11-28 22:09:56.154598+00', NULL, '', '{}'),
	(29, 24, 1, 2, '{}', 'active', '2026-11-28 22:09:56.175048+00', '2026-11-28 22:09:56.168478+00', NULL, '', '{}'),
	(30, 25, 1, 1, '{}', 'active', '2026-11-28 22:09:56.186244+00', '2026-11-28 22:09:56.176225+00', NULL, '', '{}'),
	(31, 26, 1, 2, '{}', 'active', '2026-11-28 22:09:56.191844+00', '2026-11-28 22:09:56.187336+00', NULL, '', '{}'),
	(32, 26, 2, NULL, '{}', 'active', '2026-11-28 22:09:56.204406+00', '2026-11-28 22:09:56.192684+00', NULL, '', '{}'),
	(33, 27, 1, 1, '{}', 'active', '2026-11-28 22:09:56.204414+00', '2026-11-28 22:09:56.193057+00', NULL, '', '{}'),
	(34, 28, 1, 2, '{}', 'active', '2026-11-28 22:09:56.216181+00', '2026-11-28 22:09:56.206387+00', NULL, '', '{}'),
	(35, 29, 1, 1, '{}', 'active', '2026-11-28 22:09:56.227971+00', '2026-11-28 22:09:56.217321+00', NULL, '', '{}'),
	(36, 30, 1, 2, '{}', 'active', '2026-11-28 22:09:56.239053+00', '2026-11-28 22:09:56.229112+00', NULL, '', '{}'),
	(38, 32, 1, NULL, '{}', 'active', '2026-11-28 22:09:56.259273+00', '2026-11-28 22:09:56.252797+00', NULL, '', '{}'),
	(39, 33, 1, NULL, '{}', 'active', '2026-11-28 22:09:56.267277+00', '2026-11-28 22:09:56.26028+00', NULL, '', '{}'),
	(40, 34, 1, NULL, '{}', 'active', '2026-11-28 22:09:56.271299+00', '2026-11-28 22:09:56.268316+00', NULL, '', '{}'),
	(42, 36, 1, NULL, '{}', 'active', '2026-11-28 22:09:56.284827+00', '2026-11-28 22:09:56.283418+00', NULL, '', '{}'),
	(37, 31, 1, NULL, '{}', 'ended', '2026-11-28 22:09:56.251807+00', '2026-11-28 22:09:56.240211+00', '2026-11-28 22:09:56.337316+00', 'unsubscribed', '{}'),
	(41, 35, 1, NULL, '{}', 'ended', '2026-11-28 22:09:56.279397+00', '2026-11-28 22:09:56.272405+00', '2026-11-28 22:09:56.449316+00', 'erased', '{}'),
	(43, 37, 1, NULL, '{}', 'pending', '2026-11-28 22:09:56.573463+00', NULL, NULL, '', '{"kana": "", "name": "保留", "agreed": "配信に同意します", "fields": {}, "language": "ja", "topic_ids": [1], "audience_id": null, "organisation": "", "tracking_refused": false}');
INSERT INTO public.suppression VALUES
	(1, 'ca9785ca1f749ac45869f6e62167551a02755e24ee6198e2fd956390195c5251', 1, 'unsubscribed', '', '2026-11-28 22:09:56.337462+00'),
	(2, '86884f10c7471d8e01322238c639b6d320deb34148c1348326495677094d4b85', NULL, 'bounced', '550 5.1.1', '2026-11-28 22:09:56.38602+00'),
	(3, '6f307c6b7860b61d663a0fd209fb39ae0799760f831019bcea29c95db43d48ed', NULL, 'complained', '', '2026-11-28 22:09:56.395578+00'),
	(4, 'a35b5803f3ee4ccca1137e3bcd413457f09410d3e7638416e708451bd8eb0082', NULL, 'staff', '電話での申し出', '2026-11-28 22:09:56.403114+00'),
	(5, '6f825044a5317623850ce740fafee43e77fc5edb1ff54271f04b28c1080f5149', NULL, 'erased', '', '2026-11-28 22:09:56.437542+00');
INSERT INTO public.tally VALUES
	(1, 'click', 2, '2026-11-29', 0, 'human', '', true, 1),
	(1, 'click', 2, '2026-11-29', 2, 'human', '', true, 1),
	(1, 'click', 3, '2026-11-29', 1, 'human', '', true, 4),
	(1, 'open', 0, '2026-11-29', 0, 'human', '', true, 1),
	(1, 'open', 0, '2026-11-29', 1, 'human', '', true, 4),
	(1, 'open', 0, '2026-11-29', 2, 'human', '', true, 1);
INSERT INTO public.topic VALUES
	(1, 1, 'dx', 'DX推進', 0),
	(2, 1, 'privacy', '個人情報', 1),
	(3, 1, 'rpa', 'RPA', 2),
	(4, 2, 'dx', 'DX推進', 0),
	(5, 2, 'privacy', '個人情報', 1),
	(6, 2, 'rpa', 'RPA', 2);
INSERT INTO public.turnout VALUES
	(1, 'click', 0, 0, 1, 1, 1),
	(1, 'click', 0, 1, 4, 4, 4),
	(1, 'click', 0, 2, 1, 1, 1),
	(1, 'click', 2, 0, 1, 1, 1),
	(1, 'click', 2, 2, 1, 1, 1),
	(1, 'click', 3, 1, 4, 4, 4),
	(1, 'open', 0, 0, 1, 1, 1),
	(1, 'open', 0, 1, 4, 4, 4),
	(1, 'open', 0, 2, 1, 1, 1);
INSERT INTO public.waiting_hit VALUES
	('d5d73bc7-5740-8f92-74ab-3c430f28dff7', '["28f45a933a54c91d000000004b91de64",1795903809055864,"click","GET",1,12,1,"127.0.0.1","Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",{"accept":"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8","accept-language":"ja"},null,[]]');
SELECT pg_catalog.setval('public.address_change_id_seq', 1, true);
SELECT pg_catalog.setval('public.approval_id_seq', 8, true);
SELECT pg_catalog.setval('public.article_address_id_seq', 1, false);
SELECT pg_catalog.setval('public.article_id_seq', 3, true);
SELECT pg_catalog.setval('public.attempt_id_seq', 2, true);
SELECT pg_catalog.setval('public.audience_id_seq', 4, true);
SELECT pg_catalog.setval('public.audit_entry_id_seq', 35, true);
SELECT pg_catalog.setval('public.batch_id_seq', 20, true);
SELECT pg_catalog.setval('public.consent_id_seq', 2, true);
SELECT pg_catalog.setval('public.issue_id_seq', 12, true);
SELECT pg_catalog.setval('public.lane_id_seq', 7, true);
SELECT pg_catalog.setval('public.member_id_seq', 4, true);
SELECT pg_catalog.setval('public.newsletter_id_seq', 2, true);
SELECT pg_catalog.setval('public.notice_id_seq', 3, true);
SELECT pg_catalog.setval('public.relay_id_seq', 1, false);
SELECT pg_catalog.setval('public.subscriber_id_seq', 37, true);
SELECT pg_catalog.setval('public.subscription_id_seq', 43, true);
SELECT pg_catalog.setval('public.suppression_id_seq', 5, true);
SELECT pg_catalog.setval('public.topic_id_seq', 6, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.hit
    ADD CONSTRAINT pk_hit PRIMARY KEY (at, id);
ALTER TABLE ONLY public.hit_2026_10
    ADD CONSTRAINT hit_2026_10_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY public.hit_2026_11
    ADD CONSTRAINT hit_2026_11_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY public.hit_2026_12
    ADD CONSTRAINT hit_2026_12_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY public.hit_2027_01
    ADD CONSTRAINT hit_2027_01_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY public.hit_2027_02
    ADD CONSTRAINT hit_2027_02_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY public.address_change
    ADD CONSTRAINT pk_address_change PRIMARY KEY (id);
ALTER TABLE ONLY public.approval
    ADD CONSTRAINT pk_approval PRIMARY KEY (id);
ALTER TABLE ONLY public.article
    ADD CONSTRAINT pk_article PRIMARY KEY (id);
ALTER TABLE ONLY public.article_address
    ADD CONSTRAINT pk_article_address PRIMARY KEY (id);
ALTER TABLE ONLY public.article_reach
    ADD CONSTRAINT pk_article_reach PRIMARY KEY (article_id, issue_id, scope);
ALTER TABLE ONLY public.article_topic
    ADD CONSTRAINT pk_article_topic PRIMARY KEY (article_id, topic_id);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT pk_attempt PRIMARY KEY (id);
ALTER TABLE ONLY public.audience
    ADD CONSTRAINT pk_audience PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT pk_audit_entry PRIMARY KEY (id);
ALTER TABLE ONLY public.batch
    ADD CONSTRAINT pk_batch PRIMARY KEY (id);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT pk_consent PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT pk_delivery PRIMARY KEY (issue_id, subscriber_id);
ALTER TABLE ONLY public.detail_cut
    ADD CONSTRAINT pk_detail_cut PRIMARY KEY (id);
ALTER TABLE ONLY public.edition
    ADD CONSTRAINT pk_edition PRIMARY KEY (issue_id, number);
ALTER TABLE ONLY public.image
    ADD CONSTRAINT pk_image PRIMARY KEY (digest);
ALTER TABLE ONLY public.issue
    ADD CONSTRAINT pk_issue PRIMARY KEY (id);
ALTER TABLE ONLY public.lane
    ADD CONSTRAINT pk_lane PRIMARY KEY (id);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT pk_link PRIMARY KEY (issue_id, number);
ALTER TABLE ONLY public.member
    ADD CONSTRAINT pk_member PRIMARY KEY (id);
ALTER TABLE ONLY public.newsletter
    ADD CONSTRAINT pk_newsletter PRIMARY KEY (id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT pk_notice PRIMARY KEY (id);
ALTER TABLE ONLY public.preparation
    ADD CONSTRAINT pk_preparation PRIMARY KEY (issue_id);
ALTER TABLE ONLY public.reach
    ADD CONSTRAINT pk_reach PRIMARY KEY (issue_id, scope);
ALTER TABLE ONLY public.readership
    ADD CONSTRAINT pk_readership PRIMARY KEY (article_id, scope, policy, day, before);
ALTER TABLE ONLY public.reading
    ADD CONSTRAINT pk_reading PRIMARY KEY (article_id, reader, day, audience_id);
ALTER TABLE ONLY public.relay
    ADD CONSTRAINT pk_relay PRIMARY KEY (id);
ALTER TABLE ONLY public.stray_hit
    ADD CONSTRAINT pk_stray_hit PRIMARY KEY (digest);
ALTER TABLE ONLY public.subscriber
    ADD CONSTRAINT pk_subscriber PRIMARY KEY (id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT pk_subscription PRIMARY KEY (id);
ALTER TABLE ONLY public.suppression
    ADD CONSTRAINT pk_suppression PRIMARY KEY (id);
ALTER TABLE ONLY public.tally
    ADD CONSTRAINT pk_tally PRIMARY KEY (issue_id, kind, link, day, audience_id, verdict, reason, sure);
ALTER TABLE ONLY public.topic
    ADD CONSTRAINT pk_topic PRIMARY KEY (id);
ALTER TABLE ONLY public.turnout
    ADD CONSTRAINT pk_turnout PRIMARY KEY (issue_id, kind, link, audience_id);
ALTER TABLE ONLY public.waiting_hit
    ADD CONSTRAINT pk_waiting_hit PRIMARY KEY (id);
ALTER TABLE ONLY public.article_address
    ADD CONSTRAINT uq_article_address_address UNIQUE (address);
ALTER TABLE ONLY public.article
    ADD CONSTRAINT uq_article_newsletter_id_slug UNIQUE (newsletter_id, slug);
ALTER TABLE ONLY public.audience
    ADD CONSTRAINT uq_audience_newsletter_id_slug UNIQUE (newsletter_id, slug);
ALTER TABLE ONLY public.batch
    ADD CONSTRAINT uq_batch_issue_id_lane_id_number UNIQUE (issue_id, lane_id, number);
ALTER TABLE ONLY public.issue
    ADD CONSTRAINT uq_issue_newsletter_id_number UNIQUE (newsletter_id, number);
ALTER TABLE ONLY public.lane
    ADD CONSTRAINT uq_lane_slug UNIQUE (slug);
ALTER TABLE ONLY public.member
    ADD CONSTRAINT uq_member_address UNIQUE (address);
ALTER TABLE ONLY public.newsletter
    ADD CONSTRAINT uq_newsletter_slug UNIQUE (slug);
ALTER TABLE ONLY public.relay
    ADD CONSTRAINT uq_relay_name UNIQUE (name);
ALTER TABLE ONLY public.subscriber
    ADD CONSTRAINT uq_subscriber_address_key UNIQUE (address_key);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT uq_subscription_subscriber_id_newsletter_id UNIQUE (subscriber_id, newsletter_id);
ALTER TABLE ONLY public.suppression
    ADD CONSTRAINT uq_suppression_address_hash_newsletter_id UNIQUE NULLS NOT DISTINCT (address_hash, newsletter_id);
ALTER TABLE ONLY public.topic
    ADD CONSTRAINT uq_topic_newsletter_id_slug UNIQUE (newsletter_id, slug);
CREATE INDEX ix_hit_issue_id_reader ON ONLY public.hit USING btree (issue_id, reader);
CREATE INDEX hit_2026_10_issue_id_reader_idx ON public.hit_2026_10 USING btree (issue_id, reader);
CREATE INDEX hit_2026_11_issue_id_reader_idx ON public.hit_2026_11 USING btree (issue_id, reader);
CREATE INDEX hit_2026_12_issue_id_reader_idx ON public.hit_2026_12 USING btree (issue_id, reader);
CREATE INDEX hit_2027_01_issue_id_reader_idx ON public.hit_2027_01 USING btree (issue_id, reader);
CREATE INDEX hit_2027_02_issue_id_reader_idx ON public.hit_2027_02 USING btree (issue_id, reader);
CREATE INDEX ix_address_change_subscriber_id ON public.address_change USING btree (subscriber_id);
CREATE INDEX ix_approval_issue_id_digest ON public.approval USING btree (issue_id, digest);
CREATE INDEX ix_article_address_article_id ON public.article_address USING btree (article_id);
CREATE INDEX ix_article_grams ON public.article USING gin (grams);
CREATE INDEX ix_article_newsletter_id ON public.article USING btree (newsletter_id);
CREATE INDEX ix_article_topic_topic_id ON public.article_topic USING btree (topic_id);
CREATE INDEX ix_attempt_issue_id_subscriber_id ON public.attempt USING btree (issue_id, subscriber_id);
CREATE INDEX ix_audience_newsletter_id ON public.audience USING btree (newsletter_id);
CREATE INDEX ix_audit_entry_subject ON public.audit_entry USING btree (subject);
CREATE INDEX ix_batch_state_due_at ON public.batch USING btree (state, due_at);
CREATE INDEX ix_consent_address_hash ON public.consent USING btree (address_hash);
CREATE INDEX ix_consent_subscriber_id ON public.consent USING btree (subscriber_id);
CREATE INDEX ix_delivery_batch_id ON public.delivery USING btree (batch_id);
CREATE INDEX ix_issue_article_slugs ON public.issue USING gin (article_slugs);
CREATE INDEX ix_issue_grams ON public.issue USING gin (grams);
CREATE INDEX ix_issue_newsletter_id ON public.issue USING btree (newsletter_id);
CREATE INDEX ix_issue_state_scheduled_at ON public.issue USING btree (state, scheduled_at);
CREATE INDEX ix_link_article_id ON public.link USING btree (article_id);
CREATE INDEX ix_notice_state_due_at ON public.notice USING btree (state, due_at);
CREATE INDEX ix_notice_subscriber_id ON public.notice USING btree (subscriber_id);
CREATE INDEX ix_subscriber_address_hash ON public.subscriber USING btree (address_hash);
CREATE INDEX ix_subscription_newsletter_id_state ON public.subscription USING btree (newsletter_id, state);
CREATE INDEX ix_topic_newsletter_id ON public.topic USING btree (newsletter_id);
ALTER INDEX public.ix_hit_issue_id_reader ATTACH PARTITION public.hit_2026_10_issue_id_reader_idx;
ALTER INDEX public.pk_hit ATTACH PARTITION public.hit_2026_10_pkey;
ALTER INDEX public.ix_hit_issue_id_reader ATTACH PARTITION public.hit_2026_11_issue_id_reader_idx;
ALTER INDEX public.pk_hit ATTACH PARTITION public.hit_2026_11_pkey;
ALTER INDEX public.ix_hit_issue_id_reader ATTACH PARTITION public.hit_2026_12_issue_id_reader_idx;
ALTER INDEX public.pk_hit ATTACH PARTITION public.hit_2026_12_pkey;
ALTER INDEX public.ix_hit_issue_id_reader ATTACH PARTITION public.hit_2027_01_issue_id_reader_idx;
ALTER INDEX public.pk_hit ATTACH PARTITION public.hit_2027_01_pkey;
ALTER INDEX public.ix_hit_issue_id_reader ATTACH PARTITION public.hit_2027_02_issue_id_reader_idx;
ALTER INDEX public.pk_hit ATTACH PARTITION public.hit_2027_02_pkey;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.consent FOR EACH ROW EXECUTE FUNCTION public.consent_is_append_only();
ALTER TABLE ONLY public.address_change
    ADD CONSTRAINT fk_address_change_subscriber_id FOREIGN KEY (subscriber_id) REFERENCES public.subscriber(id);
ALTER TABLE ONLY public.approval
    ADD CONSTRAINT fk_approval_issue_id FOREIGN KEY (issue_id) REFERENCES public.issue(id);
ALTER TABLE ONLY public.approval
    ADD CONSTRAINT fk_approval_member_id FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.article_address
    ADD CONSTRAINT fk_article_address_article_id FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.article
    ADD CONSTRAINT fk_article_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
ALTER TABLE ONLY public.article_topic
    ADD CONSTRAINT fk_article_topic_article_id FOREIGN KEY (article_id) REFERENCES public.article(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.article_topic
    ADD CONSTRAINT fk_article_topic_topic_id FOREIGN KEY (topic_id) REFERENCES public.topic(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.audience
    ADD CONSTRAINT fk_audience_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT fk_audit_entry_member_id FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.batch
    ADD CONSTRAINT fk_batch_issue_id FOREIGN KEY (issue_id) REFERENCES public.issue(id);
ALTER TABLE ONLY public.batch
    ADD CONSTRAINT fk_batch_lane_id FOREIGN KEY (lane_id) REFERENCES public.lane(id);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT fk_consent_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT fk_consent_subscriber_id FOREIGN KEY (subscriber_id) REFERENCES public.subscriber(id);
ALTER TABLE ONLY public.edition
    ADD CONSTRAINT fk_edition_issue_id FOREIGN KEY (issue_id) REFERENCES public.issue(id);
ALTER TABLE ONLY public.issue
    ADD CONSTRAINT fk_issue_author_id FOREIGN KEY (author_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.issue
    ADD CONSTRAINT fk_issue_correction_of_id FOREIGN KEY (correction_of_id) REFERENCES public.issue(id);
ALTER TABLE ONLY public.issue
    ADD CONSTRAINT fk_issue_editor_id FOREIGN KEY (editor_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.issue
    ADD CONSTRAINT fk_issue_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT fk_link_article_id FOREIGN KEY (article_id) REFERENCES public.article(id);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT fk_link_issue_id FOREIGN KEY (issue_id) REFERENCES public.issue(id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_subscriber_id FOREIGN KEY (subscriber_id) REFERENCES public.subscriber(id);
ALTER TABLE ONLY public.preparation
    ADD CONSTRAINT fk_preparation_issue_id FOREIGN KEY (issue_id) REFERENCES public.issue(id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT fk_subscription_audience_id FOREIGN KEY (audience_id) REFERENCES public.audience(id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT fk_subscription_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT fk_subscription_subscriber_id FOREIGN KEY (subscriber_id) REFERENCES public.subscriber(id);
ALTER TABLE ONLY public.suppression
    ADD CONSTRAINT fk_suppression_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
ALTER TABLE ONLY public.topic
    ADD CONSTRAINT fk_topic_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES public.newsletter(id);
