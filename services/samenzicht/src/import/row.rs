//! One row of the file as text by column, and why a row is refused.

/// The columns of a file: their names in order, and which are the file's own (not the rejects file's extra ones).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
    own: Vec<usize>,
}

/// The columns that a rejects file adds; ignored when it is imported again.
pub const EXTRA_COLUMNS: [&str; 3] = ["_line", "_field", "_reason"];

impl Header {
    /// Takes the names as they stand in the first row, without blanks around them.
    pub fn new(names: Vec<String>) -> Self {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        let own = (0..names.len())
            .filter(|place| !EXTRA_COLUMNS.contains(&names[*place].as_str()))
            .collect();
        Self { names, own }
    }

    /// How many columns each row has.
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// The names of the file's own columns, in order.
    pub fn own_names(&self) -> Vec<&str> {
        self.own.iter().map(|place| self.names[*place].as_str()).collect()
    }

    /// The places of the file's own columns.
    pub fn own_places(&self) -> &[usize] {
        &self.own
    }

    /// The name at a place.
    pub fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// Where a column stands.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.own.iter().copied().find(|place| self.names[*place] == name)
    }

    /// A name that stands twice, if any.
    pub fn twice(&self) -> Option<&str> {
        self.names
            .iter()
            .enumerate()
            .find(|(place, name)| self.names[..*place].contains(name))
            .map(|(_, name)| name.as_str())
    }
}

/// One row whose every column is text.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    header: &'a Header,
    fields: &'a [Vec<u8>],
}

impl<'a> Row<'a> {
    /// Checks the number of columns and that all of it is UTF-8 text.
    ///
    /// # Errors
    /// The first column that is not.
    pub fn new(header: &'a Header, fields: &'a [Vec<u8>]) -> Result<Self, Reject> {
        if fields.len() != header.width() {
            let (has, wants) = (fields.len(), header.width());
            return Err(Reject::new(
                "",
                format!(
                    "the row has {has} columns, the header {wants}: look for a missing or surplus delimiter or quote"
                ),
            ));
        }
        for (place, field) in fields.iter().enumerate() {
            match std::str::from_utf8(field) {
                Ok(text) if text.contains('\0') => {
                    return Err(Reject::new(header.name(place), "holds a NUL character: remove it"));
                }
                Ok(_) => {}
                Err(error) => {
                    let place_in_field = error.valid_up_to() + 1;
                    return Err(Reject::new(
                        header.name(place),
                        format!("byte {place_in_field} is not UTF-8: write the row as UTF-8"),
                    ));
                }
            }
        }
        Ok(Self { header, fields })
    }

    /// The text of a column without blanks around it; `None` when it is empty.
    pub fn get(&self, column: &str) -> Option<&'a str> {
        let field = self.fields.get(self.header.place(column)?)?;
        let text = std::str::from_utf8(field).ok()?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// Why a row is refused: the column or field, and a sentence with the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Column of the file, or field of the API; empty for the row as a whole.
    pub field: String,
    /// What is wrong and how to mend it.
    pub reason: String,
}

impl Reject {
    /// A reason at a field.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
        }
    }
}
