//! The committed tables are those that the migrations make, on both databases: columns, keys, indexes, and on PostgreSQL
//! row-level security, functions and the rights of each role.

use samenzicht::services::tables;
use sea_orm::Value;
use tests::world::{On, World};

use crate::schema::fresh;

/// What SQLite keeps of each statement. Shadow tables belong to the full-text index itself.
const SQLITE: &str = "
SELECT sql || ';' FROM sqlite_master
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
  AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
ORDER BY tbl_name, CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 0 ELSE 1 END, name";

/// Put together from the catalogue and not by pg_dump, whose words change with its version. Views show their columns,
/// because the server's own text of a view changes too. The owner's rights on its own tables go without saying.
const POSTGRES: &str = "
WITH relation AS (
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relacl AS acl, c.relowner AS owner,
         c.relrowsecurity AS secured, c.relforcerowsecurity AS forced
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY (string_to_array(?, ' ')) AND c.relkind IN ('r', 'v')
), columns AS (
  SELECT a.attrelid AS oid, string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
           || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
           || CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY'
                   ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END,
         E',\\n' ORDER BY a.attnum) AS text
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped GROUP BY a.attrelid
), keys AS (
  SELECT conrelid AS oid, string_agg('  ' || pg_get_constraintdef(oid), E',\\n'
         ORDER BY position(contype::text IN 'pufc'), conname) AS text
  FROM pg_constraint WHERE contype IN ('p', 'u', 'f', 'c') GROUP BY conrelid
), right_of AS (
  SELECT r.oid, 'GRANT ' || string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type)
         || ' ON ' || r.schema || '.' || r.name || ' TO ' || g.grantee::regrole || ';' AS text
  FROM relation r, aclexplode(r.acl) g WHERE g.grantee <> r.owner GROUP BY r.oid, r.schema, r.name, g.grantee
), piece (schema, name, place, text) AS (
  SELECT nspname, '', 0, 'CREATE SCHEMA ' || nspname || '; -- of ' || nspowner::regrole || coalesce((
           SELECT E'\\n' || string_agg('GRANT ' || privilege_type || ' ON SCHEMA ' || nspname || ' TO ' || grantee::regrole
                  || ';', E'\\n' ORDER BY grantee::regrole::text, privilege_type)
           FROM aclexplode(nspacl) WHERE grantee <> nspowner), '')
  FROM pg_namespace WHERE nspname = ANY (string_to_array(?, ' '))
  UNION ALL
  SELECT r.schema, r.name, 1, CASE r.kind WHEN 'v' THEN 'CREATE VIEW ' ELSE 'CREATE TABLE ' END || r.schema || '.' || r.name
         || E' (\\n' || c.text || coalesce(E',\\n' || k.text, '') || E'\\n);'
  FROM relation r JOIN columns c USING (oid) LEFT JOIN keys k USING (oid)
  UNION ALL
  SELECT r.schema, r.name, 2, pg_get_indexdef(i.indexrelid) || ';'
  FROM relation r JOIN pg_index i ON i.indrelid = r.oid
  WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
  UNION ALL
  SELECT schema, name, 3, 'ALTER TABLE ' || schema || '.' || name || ' ENABLE ROW LEVEL SECURITY'
         || CASE WHEN forced THEN ', FORCE ROW LEVEL SECURITY;' ELSE ';' END FROM relation WHERE secured
  UNION ALL
  SELECT p.schemaname, p.tablename, 4, 'CREATE POLICY ' || p.policyname || ' ON ' || p.schemaname || '.' || p.tablename
         || ' FOR ' || p.cmd || ' TO ' || array_to_string(p.roles, ', ') || coalesce(E'\\n  USING ' || p.qual, '')
         || coalesce(E'\\n  WITH CHECK ' || p.with_check, '') || ';'
  FROM pg_policies p JOIN relation r ON r.schema = p.schemaname AND r.name = p.tablename
  UNION ALL
  SELECT r.schema, r.name, 5, g.text FROM relation r JOIN right_of g USING (oid)
  UNION ALL
  SELECT n.nspname, 'function ' || f.proname, 6, trim(pg_get_functiondef(f.oid)) || E';\\n-- of ' || f.proowner::regrole
         || coalesce((SELECT ', to be run by ' || string_agg(CASE grantee WHEN 0 THEN 'everybody' ELSE grantee::regrole::text END,
                ', ' ORDER BY grantee::regrole::text) FROM aclexplode(f.proacl) WHERE grantee <> f.proowner), '')
  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace JOIN relation r ON r.schema = n.nspname
  GROUP BY n.nspname, f.oid, f.proname, f.proowner, f.proacl
)
SELECT text FROM piece ORDER BY schema, name, place, text";

async fn written(on: On, query: &str, values: Vec<Value>) -> String {
    let pieces = World::on(on).await.look(query, values).await;
    format!("-- Written by infra/schema; not by hand.\n\n{}\n", pieces.join("\n\n"))
}

#[tokio::test]
async fn the_tables_on_sqlite_are_fresh() {
    fresh("db/sqlite.sql", &written(On::Sqlite, SQLITE, vec![]).await);
}

#[tokio::test]
async fn the_tables_on_postgres_are_fresh() {
    let schemas: Vec<&str> = tables()
        .iter()
        .map(|tables| tables.schema)
        .chain(["reference"])
        .collect();
    // Asked for twice: of the relations, and of the schemas themselves.
    let schemas = Value::from(schemas.join(" "));
    fresh(
        "db/postgres.sql",
        &written(On::Postgres, POSTGRES, vec![schemas.clone(), schemas]).await,
    );
}
