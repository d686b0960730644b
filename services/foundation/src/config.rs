//! The configuration in three layers: built-in defaults, a file, the environment; each wins over the one before.
//! Every key with its meaning stands in `config.default.toml`. Start reading at [`Settings::load`].

mod fault;
mod secret;
mod sections;
mod words;

use std::collections::HashMap;
use std::path::Path;

use ::config::{Config, File, FileFormat};
use serde::Deserialize;

use crate::token::TokenSettings;

pub use fault::{Fault, Origin};
pub use secret::{DatabaseKind, DatabaseUrl};
pub(crate) use sections::list;
pub use sections::{
    AssertionAudience, Client, Database, Demo, Gateway, Limits, Log, LogFormat, Pseudonyms, QueryLimits, Retention,
    Service, Services, Subgraphs, Telemetry,
};
pub use words::{name_list, nearest};

/// The built-in defaults: every key, with its meaning.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// What environment variables that set a key begin with.
pub const PREFIX: &str = "SAMENZICHT__";

/// The usual name of the variable that holds a collector's address.
pub const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// All settings, of the right type and within their bounds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the data is.
    pub database: Database,
    /// Whose tokens are accepted.
    pub identity: TokenSettings,
    /// The federated front door.
    pub gateway: Gateway,
    /// Each service as a process of its own.
    pub services: Services,
    /// The platform with synthetic data on one machine.
    pub demo: Demo,
    /// Commands that are clients of a running platform.
    pub client: Client,
    /// Persons told apart without saying who they are.
    pub pseudonyms: Pseudonyms,
    /// What the process says about itself.
    pub log: Log,
    /// What it tells a collector.
    pub telemetry: Telemetry,
    /// How what has expired is erased.
    pub retention: Retention,
    /// How much one request may ask or bring.
    pub limits: Limits,
}

impl Settings {
    /// Reads all layers: defaults, the file if one is given, and this process's environment.
    ///
    /// # Errors
    /// The first key that is wrong, with where it was set and how to mend it.
    pub fn load(file: Option<&Path>) -> Result<Self, Fault> {
        let text = file
            .map(|path| read(path).map(|text| (path.display().to_string(), text)))
            .transpose()?;
        Self::layered(
            text.as_ref().map(|(name, text)| (name.as_str(), text.as_str())),
            std::env::vars(),
        )
    }

    /// The same from given texts: a file's name and contents, and the variables of an environment.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn layered(
        file: Option<(&str, &str)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Fault> {
        let mut origins = Origins::default();
        let mut layers = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some((name, text)) = file {
            origins.file(name, text)?;
            layers = layers.add_source(File::from_str(text, FileFormat::Toml));
        }
        let mut environment: Vec<(String, String)> = environment.into_iter().collect();
        // Ours win over the usual name, whatever the order in which the system lists them.
        environment.sort_by_key(|(name, _)| name.starts_with(PREFIX));
        for (variable, value) in environment {
            let key = match variable.as_str() {
                COLLECTOR => "telemetry.endpoint".to_owned(),
                name if name.starts_with(PREFIX) => key_of(name),
                _ => continue,
            };
            layers = layers.set_override(&key, value).map_err(|_| bad_variable(&variable))?;
            origins.0.insert(key, Origin::Environment(variable));
        }
        let merged = layers.build().map_err(|error| origins.explain("", &error))?;
        let settings: Self = serde_path_to_error::deserialize(merged)
            .map_err(|error| origins.explain(&error.path().to_string(), error.inner()))?;
        settings.within_bounds(&origins)?;
        Ok(settings)
    }

    /// The API's address for commands that are its clients.
    pub fn api(&self) -> String {
        self.client
            .api
            .clone()
            .unwrap_or_else(|| format!("http://{}/graphql", self.gateway.listen))
    }

    fn within_bounds(&self, origins: &Origins) -> Result<(), Fault> {
        if !(1..=500).contains(&self.limits.import_batch) {
            let mend = "Give a whole number from 1 to 500";
            return Err(origins.fault("limits.import_batch", "is out of bounds", mend));
        }
        if !(0.0..=1.0).contains(&self.telemetry.sampled) {
            return Err(origins.fault("telemetry.sampled", "is out of bounds", "Give a number from 0 to 1"));
        }
        let positive = [
            ("database.read_connections", u64::from(self.database.read_connections)),
            ("retention.sweep_minutes", u64::from(self.retention.sweep_minutes)),
            ("telemetry.metrics_seconds", self.telemetry.metrics_seconds),
            ("database.pool_size", u64::from(self.database.pool_size)),
            (
                "gateway.subgraph_timeout_seconds",
                self.gateway.subgraph_timeout_seconds,
            ),
        ];
        if let Some((key, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(origins.fault(key, "is out of bounds", "Give a whole number of 1 or more"));
        }
        if let Err(wrong) = self.identity.check() {
            let key = format!("identity.{}", wrong.key);
            return Err(origins.fault(&key, "cannot be used", &capital(&wrong.mend)));
        }
        Ok(())
    }
}

/// A sentence that begins as sentences do.
fn capital(text: &str) -> String {
    let mut signs = text.chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string());
    first.unwrap_or_default() + signs.as_str()
}

fn read(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path).map_err(|error| Fault {
        key: String::new(),
        origin: Origin::File(path.display().to_string()),
        problem: format!("the file cannot be read ({error})"),
        mend: "Give another path with --config or SAMENZICHT_CONFIG".to_owned(),
    })
}

/// `SAMENZICHT__IDENTITY__ISSUERS__0__ISSUER` → `identity.issuers[0].issuer`.
fn key_of(variable: &str) -> String {
    let mut key = String::new();
    for part in variable[PREFIX.len()..].to_lowercase().split("__") {
        match part.parse::<usize>() {
            Ok(place) => key.push_str(&format!("[{place}]")),
            Err(_) if key.is_empty() => key.push_str(part),
            Err(_) => key.push_str(&format!(".{part}")),
        }
    }
    key
}

fn bad_variable(variable: &str) -> Fault {
    Fault {
        key: String::new(),
        origin: Origin::Environment(variable.to_owned()),
        problem: "is not the name of a setting".to_owned(),
        mend: format!("Write {PREFIX}SECTION__KEY with letters, digits and underscores"),
    }
}

/// Which layer set each key last; keys that are not here come from the defaults.
#[derive(Default)]
struct Origins(HashMap<String, Origin>);

impl Origins {
    fn file(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            // The library's own text quotes the line, and a line may hold a password.
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            Fault {
                key: String::new(),
                origin: Origin::File(name.to_owned()),
                problem: format!("line {line} is not TOML: {}", error.message()),
                mend: "Correct that line".to_owned(),
            }
        })?;
        self.table("", &toml::Value::Table(table), name);
        Ok(())
    }

    fn table(&mut self, path: &str, value: &toml::Value, file: &str) {
        if !path.is_empty() {
            self.0.insert(path.to_owned(), Origin::File(file.to_owned()));
        }
        match value {
            toml::Value::Table(table) => {
                for (key, inner) in table {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    self.table(&path, inner, file);
                }
            }
            toml::Value::Array(list) => {
                for (place, inner) in list.iter().enumerate() {
                    self.table(&format!("{path}[{place}]"), inner, file);
                }
            }
            _ => {}
        }
    }

    /// The layer that set this key, or the nearest table around it.
    fn of(&self, key: &str) -> Origin {
        let mut path = key;
        loop {
            if let Some(origin) = self.0.get(path) {
                return origin.clone();
            }
            // A variable inside a table that the file does not have.
            let mut inside = self
                .0
                .iter()
                .filter(|(known, _)| known.starts_with(path) && !path.is_empty());
            if let Some((_, origin)) = inside.next() {
                return origin.clone();
            }
            match path.rfind(['.', '[']) {
                Some(cut) => path = &path[..cut],
                None => return Origin::Default,
            }
        }
    }

    fn fault(&self, key: &str, problem: &str, mend: &str) -> Fault {
        Fault {
            key: key.to_owned(),
            origin: self.of(key),
            problem: problem.to_owned(),
            mend: mend.to_owned(),
        }
    }

    fn explain(&self, path: &str, error: &::config::ConfigError) -> Fault {
        let found = fault::diagnose(error);
        // serde_path_to_error writes the root as `.` and an unknown name as `?` or leaves it out.
        let mut key = path.trim_matches(['.', '?']).to_owned();
        if let Some(name) = found.name.filter(|name| key.rsplit('.').next() != Some(name)) {
            key = if key.is_empty() { name } else { format!("{key}.{name}") };
        }
        let mend = format!(
            "{}; `samenzicht doctor --defaults` prints every setting with its meaning",
            found.mend
        );
        Fault {
            origin: self.of(&key),
            key,
            problem: found.problem,
            mend,
        }
    }
}

#[cfg(test)]
mod tests;
