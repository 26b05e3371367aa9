//! Lines of a printed list that are no rows: totals, rules, page numbers, and the line that says that it ends.

use unicode_normalization::UnicodeNormalization as _;

/// Words that such a line begins with, plain and in capitals.
const OPENINGS: [&str; 15] = [
    "TOTAL",
    "TOTALES",
    "SUBTOTAL",
    "SUBTOTALES",
    "TOTAL GENERAL",
    "CANTIDAD DE",
    "CANTIDAD TOTAL",
    "FIN DE",
    "FIN DEL",
    "FIN",
    "PAGINA",
    "PAG",
    "HOJA",
    "REGISTROS",
    "CONTINUA",
];
/// Words that follow a number in what a database prints at the end.
const COUNTED: [&str; 5] = ["FILAS", "REGISTROS", "ROWS", "ROW", "POLIZAS"];

/// Whether the line is one of those. It is asked only of lines whose document or number is none.
pub(crate) fn is_no_row(line: &str) -> bool {
    let plain: String = line
        .nfd()
        .filter(char::is_ascii)
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { ' ' })
        .take(400)
        .collect();
    let mut words = plain.split_ascii_whitespace();
    let Some(first) = words.next() else {
        // A rule such as `-----`; letters of other scripts are none.
        return !line.chars().any(char::is_alphanumeric);
    };
    let second = words.next().unwrap_or_default();
    let both = format!("{first} {second}");
    OPENINGS.iter().any(|opening| *opening == first || *opening == both)
        || (first.bytes().all(|digit| digit.is_ascii_digit()) && COUNTED.contains(&second))
}

/// A line without its digits and blanks: page headers repeat it with another page number.
pub(crate) fn skeleton(line: &str) -> String {
    line.chars().filter(|letter| !letter.is_ascii_digit() && !letter.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_no_row, skeleton};

    #[test]
    fn totals_rules_and_ends_are_no_rows() {
        for line in [
            "TOTAL;;;1.234",
            "Totales: 14",
            "*** FIN DE LISTADO ***",
            "-----;-----;",
            "====",
            "Página 3 de 9",
            "1234 filas seleccionadas.",
            "(3 rows affected)",
            "SUBTOTAL RAMO 4;;",
            "Cantidad de pólizas: 3",
        ] {
            assert!(is_no_row(line), "{line}");
        }
    }

    #[test]
    fn names_that_begin_alike_are_rows() {
        for line in
            ["TOTALGAZ SA;30701234563;3", "FINOCHIETTO JUAN;;", "12345678;rc;1", "HOJALATERIA SA;;", "山田"]
        {
            assert!(!is_no_row(line), "{line}");
        }
    }

    #[test]
    fn a_page_number_makes_no_other_title() {
        assert_eq!(skeleton("Padrón  Página 1"), skeleton("Padrón Página 27"));
    }
}
