//! Finding parties by words instead of trigrams (decision 0036): the words of names, each with its slips of the pen,
//! and names under what they are found by. Persons are in none of it.
//!
//! All of it follows from parties and sites, and is kept up with them by [`crate::store::find`]; loading the
//! vocabularies fills it for what was registered before it was there.

use foundation::migrate::Migration;

pub const REGISTRY_FIND_WORDS: Migration = Migration {
    name: "0009_find_words",
    portable: "
DROP TABLE party_trigram;
DROP TABLE party_trigram_count;
DROP TABLE party_name;
",
    sqlite: "
CREATE TABLE name_word (word TEXT PRIMARY KEY, bearers INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE word_slip (slip INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (slip, word)) WITHOUT ROWID;
CREATE TABLE party_word (
  word TEXT NOT NULL, party_id UUID NOT NULL, field SMALLINT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (word, party_id, field, name)
) WITHOUT ROWID;
CREATE INDEX party_word_party ON party_word (party_id);
",
    postgres: r#"
CREATE TABLE name_word (word TEXT COLLATE "C" PRIMARY KEY, bearers INTEGER NOT NULL);
CREATE TABLE word_slip (slip INTEGER NOT NULL, word TEXT COLLATE "C" NOT NULL, PRIMARY KEY (slip, word));
CREATE TABLE party_word (
  word TEXT COLLATE "C" NOT NULL, party_id UUID NOT NULL, field SMALLINT NOT NULL, name TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (word, party_id, field, name)
);
CREATE INDEX party_word_party ON party_word (party_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON name_word, word_slip, party_word TO samenzicht_registry;
"#,
};
