//! What a request asks for: its selected operation, as the log names it.

use async_graphql::Request;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet};

/// The most root fields that are named in the log.
const NAMED: usize = 20;
/// How deep fragments at the root are followed; validation refuses cycles later.
const FRAGMENTS_WITHIN: usize = 10;

/// The selected operation of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `query`, `mutation` or `subscription`; empty when it cannot be read.
    pub kind: &'static str,
    /// Whether it is a subscription.
    pub live: bool,
    /// Its root fields, those in fragments too; empty when it cannot be read.
    pub roots: Vec<String>,
}

impl Asked {
    /// Reads the operation that would be executed.
    pub fn of(request: &mut Request) -> Self {
        let name = request.operation_name.clone();
        let Ok(document) = request.parsed_query() else {
            return Self::default();
        };
        let Some(operation) = selected(document, name.as_deref()) else {
            return Self::default();
        };
        let mut roots = Vec::new();
        collect(document, &operation.selection_set.node, FRAGMENTS_WITHIN, &mut roots);
        Self {
            kind: match operation.ty {
                OperationType::Query => "query",
                OperationType::Mutation => "mutation",
                OperationType::Subscription => "subscription",
            },
            live: operation.ty == OperationType::Subscription,
            roots,
        }
    }

    /// As the log names it.
    pub fn name(&self) -> String {
        self.roots
            .iter()
            .take(NAMED)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(",")
    }
}

fn selected<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    let found = match name {
        Some(name) => operations.find(|(known, _)| known.is_some_and(|known| known.as_str() == name)),
        None => operations.next().filter(|_| operations.next().is_none()),
    };
    found.map(|(_, operation)| &operation.node)
}

fn collect(document: &ExecutableDocument, set: &SelectionSet, within: usize, roots: &mut Vec<String>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => roots.push(field.node.name.node.to_string()),
            Selection::InlineFragment(fragment) if within > 0 => {
                collect(document, &fragment.node.selection_set.node, within - 1, roots);
            }
            Selection::FragmentSpread(spread) if within > 0 => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, within - 1, roots);
                }
            }
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str, operation: Option<&str>) -> (bool, String) {
        let mut request = Request::new(query);
        request.operation_name = operation.map(str::to_owned);
        let asked = Asked::of(&mut request);
        (asked.live, asked.name())
    }

    #[test]
    fn names_the_selected_operation_with_its_fragments() {
        assert_eq!(asked("{ a b { c } }", None), (false, "a,b".to_owned()));
        let fragments = "query { ...F ... on Query { b } } fragment F on Query { a }";
        assert_eq!(asked(fragments, None), (false, "a,b".to_owned()));
        let mixed = "query A { a } subscription B { b }";
        assert_eq!(asked(mixed, Some("A")), (false, "a".to_owned()));
        assert_eq!(asked(mixed, Some("B")), (true, "b".to_owned()));
        assert_eq!(asked(mixed, None), (false, String::new()));
        assert_eq!(asked("{", None), (false, String::new()));
    }
}
