//! Addresses abroad: the country that an address is in. Rows from before it was kept are of the Netherlands.

use foundation::migrate::Migration;

pub const REGISTRY_COUNTRY: Migration = Migration {
    name: "0015_country",
    portable: "
ALTER TABLE site ADD COLUMN country TEXT;
ALTER TABLE site_personal ADD COLUMN country TEXT;
",
    sqlite: "",
    postgres: "",
};
