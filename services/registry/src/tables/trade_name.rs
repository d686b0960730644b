//! The trade names of parties, as every service sees them.

use foundation::migrate::Migration;

/// Those of parties whose name is not personal.
pub const REGISTRY_TRADE_NAME: Migration = Migration {
    name: "0011_trade_name",
    portable: "",
    sqlite: "
CREATE VIEW reference_trade_name AS SELECT t.party_id, t.name FROM party_trade_name t
  JOIN party p ON p.id = t.party_id WHERE p.legal_name IS NOT NULL;
",
    postgres: "
CREATE VIEW reference.reference_trade_name AS SELECT t.party_id, t.name FROM party_trade_name t
  JOIN party p ON p.id = t.party_id WHERE p.legal_name IS NOT NULL;
GRANT SELECT ON reference.reference_trade_name TO samenzicht_service;
",
};
