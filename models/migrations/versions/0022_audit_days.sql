CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;

CREATE TABLE audit_key (
    id VARCHAR(16) NOT NULL CONSTRAINT pk_audit_key PRIMARY KEY,
    public_key BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE audit_day (
    day DATE NOT NULL CONSTRAINT pk_audit_day PRIMARY KEY,
    last BIGINT NOT NULL,
    head VARCHAR(64) NOT NULL,
    key_id VARCHAR(16) NOT NULL,
    signature VARCHAR(88) NOT NULL
);

DROP TRIGGER append_only ON audit_entry;

ALTER TABLE audit_entry
    ADD COLUMN number BIGINT,
    ADD COLUMN form SMALLINT NOT NULL DEFAULT 1,
    ADD COLUMN day DATE,
    ADD COLUMN edge VARCHAR(10) NOT NULL DEFAULT '',
    ADD COLUMN client VARCHAR(45) NOT NULL DEFAULT '',
    ADD COLUMN changes JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN previous VARCHAR(64) NOT NULL DEFAULT '',
    ADD COLUMN key_id VARCHAR(16) NOT NULL DEFAULT '',
    ADD COLUMN signature VARCHAR(88) NOT NULL DEFAULT '';

-- A day never goes back, whatever the clock said.
UPDATE audit_entry SET number = found.number, previous = found.previous, day = found.day
FROM (
    SELECT id, row_number() OVER by_id AS number, coalesce(lag(digest) OVER by_id, '') AS previous,
           max((at AT TIME ZONE 'Asia/Tokyo')::date) OVER by_id AS day
    FROM audit_entry WINDOW by_id AS (ORDER BY id)
) AS found
WHERE found.id = audit_entry.id;

INSERT INTO audit_day (day, last, head, key_id, signature)
SELECT day, number, digest, '', '' FROM audit_entry AS entry
WHERE number = (SELECT max(number) FROM audit_entry WHERE day = entry.day)
  AND day < (SELECT max(day) FROM audit_entry);

ALTER TABLE audit_entry
    ALTER number SET NOT NULL,
    ALTER day SET NOT NULL,
    ALTER form DROP DEFAULT,
    ALTER edge DROP DEFAULT,
    ALTER client DROP DEFAULT,
    ALTER changes DROP DEFAULT,
    ALTER previous DROP DEFAULT,
    ALTER key_id DROP DEFAULT,
    ALTER signature DROP DEFAULT,
    ADD CONSTRAINT uq_audit_entry_number UNIQUE (number);

CREATE INDEX ix_audit_entry_day ON audit_entry (day);
CREATE INDEX ix_audit_entry_cut ON audit_entry ((detail ->> 'until')) WHERE action = 'cut audit log';

CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM audit_day WHERE day = OLD.day)
        AND EXISTS (SELECT FROM audit_entry
                    WHERE action = 'cut audit log' AND detail ->> 'until' >= OLD.day::text AND day > OLD.day)
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_day
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_key
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
