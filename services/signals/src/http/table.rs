//! Rows as CSV (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula gets an apostrophe before it.

use csv::{Terminator, WriterBuilder};
use serde_json::Value;

/// The columns, in their order; the cursor last.
pub const COLUMNS: [&str; 36] = [
    "id",
    "number",
    "version",
    "state",
    "title",
    "narrative",
    "category",
    "severity",
    "urgency",
    "observedFrom",
    "observedUntil",
    "validUntil",
    "outdated",
    "place",
    "note",
    "origin",
    "externalReference.system",
    "externalReference.reference",
    "owner.id",
    "rank",
    "tlp",
    "useLimit",
    "retainUntil",
    "retraction",
    "reliability",
    "credibility",
    "createdAt",
    "updatedAt",
    "parties",
    "sites",
    "regions",
    "reporter.name",
    "reporter.contact",
    "personsInvolved",
    "maskedFields",
    "cursor",
];

/// The fields of a signal that are personal.
pub const PERSONAL: [&str; 2] = ["reporter", "personsInvolved"];

/// What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection); and our own sign, so that it can be
/// told from what was there.
const BEGINNINGS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// Whether a column is of a personal field.
pub fn is_personal(column: &str) -> bool {
    let field = column.split('.').next().unwrap_or(column);
    PERSONAL.contains(&field)
}

/// Rows as text, perhaps with their header.
pub fn csv(rows: &[Value], header: bool, personal: bool) -> String {
    let columns = || COLUMNS.into_iter().filter(|name| personal || !is_personal(name));
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    let mut wrote = Ok(());
    if header {
        wrote = wrote.and(writer.write_record(columns()));
    }
    for row in rows {
        wrote = wrote.and(writer.write_record(columns().map(|column| cell(row, column))));
    }
    let written = wrote.ok().and_then(|()| writer.into_inner().ok());
    String::from_utf8(written.expect("memory takes rows of one length")).expect("texts stay text")
}

/// The text of a column.
fn cell(row: &Value, column: &str) -> String {
    let value = match column {
        "parties" | "sites" => return list(&row[column], "id"),
        "regions" => return list(&row[column], "code"),
        "maskedFields" => return list(&row[column], "field"),
        _ => column.split('.').fold(row, |value, name| &value[name]),
    };
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Array(values) => {
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            harmless(&texts.join("; "))
        }
        other => other.to_string(),
    }
}

fn list(values: &Value, name: &str) -> String {
    let values = values.as_array().into_iter().flatten();
    let texts: Vec<&str> = values.filter_map(|value| value[name].as_str()).collect();
    texts.join("; ")
}

fn harmless(text: &str) -> String {
    if text.starts_with(BEGINNINGS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_has_every_column_and_its_cursor_last() {
        let row = json!({
            "id": "sig_1", "version": 3, "title": "Lek, en \"meer\"", "narrative": "één\ntwee", "outdated": false,
            "externalReference": { "system": "zs", "reference": "-1" }, "owner": { "id": "org_1" },
            "parties": [{ "id": "pty_1" }, { "id": "pty_2" }], "regions": [{ "code": "VR17" }],
            "reporter": null, "personsInvolved": ["A", "B"], "maskedFields": [{ "field": "reporter" }], "cursor": "c",
        });
        let text = csv(std::slice::from_ref(&row), true, true);
        let (header, line) = text.split_once("\r\n").expect("a header");
        assert_eq!(header, COLUMNS.join(","));
        assert_eq!(
            line,
            "sig_1,,3,,\"Lek, en \"\"meer\"\"\",\"één\ntwee\",,,,,,,false,,,,zs,'-1,org_1,,,,,,,,,,pty_1; pty_2,,VR17,,,A; B,reporter,c\r\n"
        );
        let open = csv(&[row], false, false);
        assert!(
            !open.contains("A; B") && open.ends_with(",VR17,reporter,c\r\n"),
            "{open}"
        );
    }

    #[test]
    fn nothing_in_a_cell_is_a_formula() {
        for text in ["=1+1", "+31", "-cmd|x", "@SUM(A1)", "\t=1", "\r=1", "'=1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "a=1", "Lek - groot", " =1"] {
            assert_eq!(harmless(text), text);
        }
        let row = json!({ "title": "=HYPERLINK(\"http://x\")", "personsInvolved": ["=1"] });
        let text = csv(&[row], false, true);
        assert!(
            text.contains(",\"'=HYPERLINK(\"\"http://x\"\")\",") && text.contains(",'=1,"),
            "{text}"
        );
    }
}
