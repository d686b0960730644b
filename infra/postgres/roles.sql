-- The roles of a PostgreSQL cluster for Samenzicht, and what they may do in the database that this runs in.
-- Run it once per cluster and once in each database, as a superuser: psql --dbname samenzicht --file roles.sql
-- It may run again: nothing changes then. Passwords or certificates are set by whoever operates the cluster.
--
--   samenzicht_owner     owns every schema and table; nobody logs in as it
--   samenzicht_search    owns the full-text search function alone; nobody logs in as it
--   samenzicht_migrator  logs in to migrate and to load vocabularies, and then becomes the owner
--   samenzicht_service   what every service may do; nobody logs in as it, each service's login is a member
--   samenzicht_registry  the login of the service registry
--   samenzicht_signals   the login of the service signals
--
-- None is a superuser and none may bypass row-level security. Services own no table.

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['samenzicht_owner', 'samenzicht_search', 'samenzicht_service'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I', name);
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['samenzicht_migrator', 'samenzicht_registry', 'samenzicht_signals'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I', name);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', name);
  END LOOP;
END $$;

-- The migrator has no right of its own: it must become the owner, which it says in each transaction.
ALTER ROLE samenzicht_migrator NOINHERIT;
GRANT samenzicht_owner TO samenzicht_migrator;
-- The owner gives the search function away to this role, for which it must be a member of it.
GRANT samenzicht_search TO samenzicht_owner;

-- Every service's login is a member; what is granted to one service alone is granted to its login.
GRANT samenzicht_service TO samenzicht_registry, samenzicht_signals;

-- Table names are unique over all schemas and never qualified.
ALTER ROLE samenzicht_registry SET search_path = registry, access, reference, accountability;
ALTER ROLE samenzicht_signals SET search_path = signals, access, reference, accountability;

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CREATE ON DATABASE %I TO samenzicht_owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO samenzicht_migrator, samenzicht_service', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
