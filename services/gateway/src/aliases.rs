//! A rule for documents that keeps a fault of this router version away: `id: name` on an object that is joined.
//!
//! When a field is renamed to the name of the object's key, the router mixes the two up and answers the key's value
//! under the alias, silently. Until the router is a version that does not (0.3), such an alias is refused.

use std::collections::HashSet;
use std::sync::Arc;

use hive_router::graphql_tools::ast::{OperationVisitor, OperationVisitorContext};
use hive_router::graphql_tools::static_graphql::query::Field;
use hive_router::graphql_tools::validation::rules::{ValidationRule, ValidationVisitor};
use hive_router::graphql_tools::validation::utils::{ValidationError, ValidationErrorContext};

const CODE: &str = "ALIAS_NOT_ALLOWED";

/// Refuses an alias that is a key's name, on any other field.
#[derive(Clone)]
pub(crate) struct KeysAreNoAliases(Arc<HashSet<String>>);

impl KeysAreNoAliases {
    /// The keys of a supergraph: every word in `key: "…"`.
    pub(crate) fn of(supergraph: &str) -> Self {
        let keys = supergraph
            .split("key: \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .flat_map(|key| key.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        Self(Arc::new(keys))
    }
}

impl ValidationRule for KeysAreNoAliases {
    fn error_code(&self) -> &'static str {
        CODE
    }

    fn visitor<'doc>(&self) -> ValidationVisitor<'doc> {
        Box::new(self.clone())
    }
}

impl<'doc> OperationVisitor<'doc, ValidationErrorContext> for KeysAreNoAliases {
    fn enter_field(
        &mut self,
        _: &mut OperationVisitorContext<'doc>,
        errors: &mut ValidationErrorContext,
        field: &Field,
    ) {
        if let Some(alias) = &field.alias
            && *alias != field.name
            && self.0.contains(alias.as_str())
        {
            errors.report_error(ValidationError {
                locations: vec![field.position],
                message: format!(
                    "The alias \"{alias}\" is the name of a key; choose another name for \"{}\".",
                    field.name
                ),
                error_code: CODE,
            });
        }
    }
}
