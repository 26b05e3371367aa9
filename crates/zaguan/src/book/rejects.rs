//! The report of rejected rows, beside the file that they came from: line, column, why, and the row as it came.

use super::BookFault;
use csv::{QuoteStyle, Writer, WriterBuilder};
use std::borrow::Cow;
use std::fs::{self, DirEntry, File, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use zaguan_book::{RawRow, RowShape};

/// What the name of the report adds to the name of the file.
pub(crate) const SUFFIX: &str = ".rejected.csv";

/// How the name of a report begins that is not whole yet.
const UNFINISHED: &str = ".zaguan-rejected-";

/// What a spreadsheet takes for a formula when a cell begins with it.
const FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The report, made with the first row that is rejected, and put in its place when the file was read to its end.
#[derive(Debug)]
pub(super) struct Rejects {
    path: PathBuf,
    writer: Option<Writer<NamedTempFile>>,
}

impl Rejects {
    pub(super) fn beside(file: &Path) -> Self {
        let mut path = file.as_os_str().to_owned();
        path.push(SUFFIX);
        Self { path: path.into(), writer: None }
    }

    pub(super) fn add(&mut self, row: &RawRow, column: &str, reason: &str) -> Result<(), BookFault> {
        self.write(row, column, reason).map_err(|error| self.fault(error))
    }

    /// A row whose cells cannot be told apart.
    pub(super) fn add_shape(&mut self, row: &RawRow, shape: RowShape) -> Result<(), BookFault> {
        let reason = match shape {
            RowShape::TooFewFields { has, expected } | RowShape::TooManyFields { has, expected } => format!(
                "La fila tiene {has} celdas y el archivo tiene {expected} columnas. Verifique si falta o sobra un separador o una comilla."
            ),
            RowShape::TooShort { has, begins } => format!(
                "La línea tiene {has} caracteres y una columna obligatoria empieza en el {begins}. Verifique si está cortada."
            ),
        };
        self.add(row, "", &reason)
    }

    /// Puts the report in its place, and an older one of the same file away; answers where it is, if there is one.
    pub(super) fn finish(mut self) -> Result<Option<PathBuf>, BookFault> {
        match self.writer.take() {
            Some(writer) => {
                self.keep(writer).map_err(|error| self.fault(error))?;
                Ok(Some(self.path))
            }
            None => match fs::remove_file(&self.path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(self.fault(error)),
                Ok(()) | Err(_) => Ok(None),
            },
        }
    }

    fn keep(&self, writer: Writer<NamedTempFile>) -> io::Result<()> {
        let file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    fn write(&mut self, row: &RawRow, column: &str, reason: &str) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(begin(&self.path)?),
        };
        let line = match &row.sheet {
            Some(sheet) => format!("{sheet}: {}", row.line),
            None => row.line.to_string(),
        };
        let cells = [line.as_str(), column, reason, row.text.as_str()];
        writer.write_record(cells.map(|cell| disarmed(cell).into_owned())).map_err(of_the_system)
    }

    fn fault(&self, error: io::Error) -> BookFault {
        let path = self.path.clone();
        if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
            BookFault::RejectsDiskFull { path }
        } else {
            BookFault::Rejects { path, error }
        }
    }
}

/// Removes from a directory the reports that imports left unfinished because they were killed. One that is being written
/// is held by its writer, and stays.
pub(crate) fn remove_unfinished(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let is_unfinished =
        |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes());
    for path in entries.flatten().filter(is_unfinished).map(|entry| entry.path()) {
        let Ok(report) = File::open(&path) else { continue };
        if report.try_lock().is_ok()
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!(file = %path.display(), %error, "an unfinished report of rejected rows could not be removed");
        }
    }
}

/// What the system said, which the writer of cells wraps.
fn of_the_system(error: csv::Error) -> io::Error {
    if let csv::ErrorKind::Io(error) = error.into_kind() {
        error
    } else {
        io::Error::other("a row cannot be written as cells")
    }
}

/// The directory of a file.
pub(super) fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file, which only its owner may read, for it has people's documents in it. The mark and the `;` are for the
/// spreadsheets of the country.
fn begin(path: &Path) -> io::Result<Writer<NamedTempFile>> {
    let mut file = held(directory_of(path))?;
    file.write_all("\u{feff}".as_bytes())?;
    let mut writer = WriterBuilder::new().delimiter(b';').quote_style(QuoteStyle::Always).from_writer(file);
    writer.write_record(["linea", "columna", "motivo", "fila"]).map_err(of_the_system)?;
    Ok(writer)
}

/// A file that is held, so that nobody takes it for one left behind.
fn held(directory: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(directory)?;
        let is_ours = match file.as_file().try_lock() {
            // Somebody who was clearing up may have removed it a moment before.
            Ok(()) => file.as_file().metadata()?.nlink() > 0,
            Err(TryLockError::WouldBlock) => false,
            // Where there are no locks, nobody can clear up either.
            Err(TryLockError::Error(_)) => true,
        };
        if is_ours {
            return Ok(file);
        }
    }
}

/// A cell that no spreadsheet takes for a formula.
fn disarmed(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULAS) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::disarmed;

    #[test]
    fn quirk_28_what_a_spreadsheet_would_calculate_gets_an_apostrophe() {
        for formula in ["=HYPERLINK(\"x\")", "+1", "-1", "@A1", "\t=1", "\r=1"] {
            assert_eq!(disarmed(formula), format!("'{formula}"));
        }
        for text in ["", "12345678;rc", "'=1", "a=1", " =1"] {
            assert_eq!(disarmed(text), text);
        }
    }
}
