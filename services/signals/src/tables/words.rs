//! Words asked of one signal: what nearly all have is not looked up in the index of words, which would name them all.

use foundation::migrate::Migration;

pub const WORDS: Migration = Migration {
    name: "0067_words",
    portable: "",
    sqlite: "",
    postgres: "
CREATE FUNCTION has_words(record UUID, query TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = signals, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM signals.signal_search
    WHERE signal_id = record AND words @@ plainto_tsquery('simple', query)) $$;
REVOKE ALL ON FUNCTION has_words FROM PUBLIC;
GRANT CREATE ON SCHEMA signals TO samenzicht_search;
ALTER FUNCTION has_words OWNER TO samenzicht_search;
REVOKE CREATE ON SCHEMA signals FROM samenzicht_search;
GRANT EXECUTE ON FUNCTION has_words TO samenzicht_signals;
",
};
