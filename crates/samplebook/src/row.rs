//! A row of the book, as a line of CSV.

/// The columns, as the contract names them.
pub(crate) const COLUMNS: [&str; 10] = [
    "documento",
    "tipo_documento",
    "discriminador",
    "ramo",
    "poliza",
    "titular",
    "email",
    "desde",
    "hasta",
    "estado",
];

pub(crate) const DOCUMENT: usize = 0;
pub(crate) const LINE: usize = 3;
pub(crate) const NUMBER: usize = 4;
pub(crate) const HOLDER: usize = 5;
pub(crate) const EMAIL: usize = 6;
pub(crate) const FROM: usize = 7;
pub(crate) const TO: usize = 8;

/// The cells of a row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<String>,
    /// A cell that is written without the quotes that it needs.
    pub(crate) as_is: Option<usize>,
    separator: char,
}

impl Row {
    pub(crate) fn new(separator: char) -> Self {
        Self { cells: vec![String::new(); COLUMNS.len()], as_is: None, separator }
    }

    /// Makes every cell empty, and keeps its room.
    pub(crate) fn clear(&mut self) {
        self.cells.resize(COLUMNS.len(), String::new());
        self.cells.iter_mut().for_each(String::clear);
        self.as_is = None;
    }

    pub(crate) fn change(&mut self, column: usize, change: impl FnOnce(&str) -> String) {
        if let Some(cell) = self.cells.get_mut(column).filter(|cell| !cell.is_empty()) {
            *cell = change(cell);
        }
    }

    /// The names of the columns, as a line.
    pub(crate) fn header(&self) -> String {
        COLUMNS.join(&self.separator.to_string())
    }

    pub(crate) fn written(&self) -> String {
        let mut line = String::new();
        self.write(&mut line);
        line
    }

    /// Adds the row as a line, without its end.
    pub(crate) fn write(&self, line: &mut String) {
        for (place, cell) in self.cells.iter().enumerate() {
            if place > 0 {
                line.push(self.separator);
            }
            if self.as_is != Some(place) && cell.contains([self.separator, '"']) {
                line.push('"');
                line.push_str(&cell.replace('"', "\"\""));
                line.push('"');
            } else {
                line.push_str(cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be() {
        let mut row = Row::new(';');
        row.cells = vec!["PEREZ; ANA".to_owned(), "LA \"BIS\"".to_owned(), "A, B".to_owned()];
        assert_eq!(row.written(), r#""PEREZ; ANA";"LA ""BIS""";A, B"#);
        row.as_is = Some(1);
        assert_eq!(row.written(), r#""PEREZ; ANA";LA "BIS";A, B"#);
    }
}
