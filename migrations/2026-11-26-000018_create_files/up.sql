-- Read model of files. Written by projections/src/files/project.rs only; it can be made again from the log.
CREATE TABLE files (
    id uuid PRIMARY KEY,
    -- Version of the file's stream.
    version bigint NOT NULL,
    owner uuid NOT NULL,
    -- Sealed under the owner's key, as in the events.
    name text NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL,
    -- 64 hexadecimal digits.
    sha256 text NOT NULL,
    temporary boolean NOT NULL,
    -- How many records name it, and since when none does, where none does.
    records bigint NOT NULL,
    unnamed_since timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Of the last event applied.
    position bigint NOT NULL,
    -- A tombstone, so that a client that was away learns of the removal.
    deleted boolean NOT NULL DEFAULT false
);
CREATE INDEX files_position ON files (position);
-- Ids are UUIDv7: this is the order of creation too.
CREATE INDEX files_owner ON files (owner, id) WHERE NOT deleted;
CREATE INDEX files_temporary ON files (id) WHERE temporary AND records = 0 AND NOT deleted;
INSERT INTO projection_builds (projection, build, state, lanes, activated_at)
VALUES ('files', 1, 'active', 1, clock_timestamp());

-- Pictures made of files. Operational: not in the log, and can be made again.
CREATE TABLE file_thumbnails (
    file_id uuid PRIMARY KEY,
    -- Longest sides in pixels; none where no picture can be made of the file.
    sizes integer[] NOT NULL,
    content_type text NOT NULL,
    made_at timestamptz NOT NULL
);

-- Which record names which file, as far as that was written into the files' streams. Operational: what a record's next
-- event is compared with.
CREATE TABLE file_records (
    record_id uuid NOT NULL,
    file_id uuid NOT NULL,
    PRIMARY KEY (record_id, file_id)
);
CREATE INDEX file_records_file_id ON file_records (file_id);

-- Uploads that come in several requests and are not complete. Operational: not in the log, and gone after a day.
CREATE TABLE uploads (
    -- The file has it too, once it is made.
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    -- Sealed under the owner's key.
    name text NOT NULL,
    -- As it was said.
    content_type text,
    temporary boolean NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    -- All before it is durable.
    received_bytes bigint NOT NULL DEFAULT 0 CHECK (received_bytes BETWEEN 0 AND size_bytes),
    -- Who writes to it, and until when nobody else may.
    writer uuid,
    writer_until timestamptz,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX uploads_owner ON uploads (owner);
CREATE INDEX uploads_expires_at ON uploads (expires_at);

-- What has come of them, in pieces that follow each other without gaps.
CREATE TABLE upload_parts (
    upload_id uuid NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    start_byte bigint NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    -- In the object store.
    key text NOT NULL,
    PRIMARY KEY (upload_id, start_byte)
);
