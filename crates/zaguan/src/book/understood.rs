//! What was understood of a file, in lines for people and for programs.

use indicatif::HumanCount;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zaguan_book::{LineEnd, Shape, Understood};
use zaguan_domain::book::{BookRules, DateShape, SixDigits};

/// What was understood of a file, in lines that come before anything is changed.
pub fn told_lines(file: &str, understood: &Understood, rules: &BookRules) -> Vec<String> {
    let mut lines = vec![format!("{file}: {}", what(understood))];
    let columns = understood.columns.iter().map(|(column, header)| match header.as_str() {
        same if same == column.name() => same.to_owned(),
        header => format!("{} ({header:?})", column.name()),
    });
    lines.push(format!("columns: {}", columns.collect::<Vec<_>>().join(", ")));
    lines.extend(dates(understood, rules));
    if let Shape::Workbook { sheets, ignored } = &understood.shape {
        lines.push(format!("sheets: {}", sheets.join(", ")));
        add(&mut lines, "sheets that lack the required columns, and are not read", ignored);
    }
    add(&mut lines, "columns that are not known, and not stored", &understood.ignored);
    add(&mut lines, "columns that are dropped, as told", &understood.dropped);
    if understood.encoded_twice {
        lines.push("letters that were encoded twice (as in MUÃ‘OZ) are repaired".to_owned());
    }
    lines
}

/// How dates are written, and what those of six digits are taken for.
fn dates(understood: &Understood, rules: &BookRules) -> Vec<String> {
    let names = |shapes: &[DateShape]| shapes.iter().map(|shape| shape.name()).collect::<Vec<_>>().join(", ");
    let columns = &understood.date_shapes;
    let mut lines: Vec<String> = columns
        .iter()
        .map(|(column, shapes)| format!("dates in {}: {}", column.name(), names(shapes)))
        .collect();
    if columns.iter().any(|(_, shapes)| shapes.contains(&DateShape::SixDigits)) {
        lines.push(match (rules.six_digit_dates, understood.six_digit_dates) {
            (Some(told), _) => format!("dates of six digits are {}, as told", told.name()),
            (None, Some(found)) => {
                format!("dates of six digits are {}, for not all can be otherwise", found.name())
            }
            (None, None) => "dates of six digits may be ddmmyy or yymmdd, and are rejected; \
                             say which in policies.six_digit_dates"
                .to_owned(),
        });
    }
    lines
}

fn add(lines: &mut Vec<String>, what: &str, names: &[String]) {
    if !names.is_empty() {
        lines.push(format!("{what}: {}", names.join(", ")));
    }
}

fn what(understood: &Understood) -> String {
    let encoding = understood.encoding.name();
    let mark = if understood.byte_order_mark { " with its mark" } else { "" };
    let kind = match &understood.shape {
        Shape::Workbook { .. } => "a workbook".to_owned(),
        Shape::FixedWidth => format!("lines of fixed width in {encoding}{mark}"),
        Shape::Delimited { separator, separator_line, quoted, header_line } => {
            let mut words =
                format!("text in {encoding}{mark}, {} between columns", separator_name(*separator));
            if *separator_line {
                words.push_str(" as its first line says");
            }
            if *quoted {
                words.push_str(", cells in quotes");
            }
            words.push_str(
                &header_line.map_or(", no headers".to_owned(), |line| format!(", headers on line {line}")),
            );
            words
        }
    };
    let ends: Vec<_> = understood.line_ends.iter().map(|end| line_end_name(*end)).collect();
    let ends = if ends.is_empty() { String::new() } else { format!(", lines end in {}", ends.join(" and ")) };
    format!("{kind}{ends}; {} bytes", HumanCount(understood.bytes))
}

fn separator_name(separator: char) -> String {
    if separator == '\t' { "tabulators".to_owned() } else { format!("\"{separator}\"") }
}

fn line_end_name(end: LineEnd) -> &'static str {
    match end {
        LineEnd::Lf => "LF",
        LineEnd::CrLf => "CR LF",
        LineEnd::Cr => "CR",
    }
}

/// The same for programs.
pub(super) fn as_json(understood: &Understood) -> Value {
    // Sheets of a workbook may have other headers for the same column.
    let mut columns: Vec<&str> = Vec::new();
    let mut headers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (column, header) in &understood.columns {
        if !columns.contains(&column.name()) {
            columns.push(column.name());
        }
        headers.entry(column.name()).or_default().push(header);
    }
    let dates: BTreeMap<&str, Vec<&str>> = understood
        .date_shapes
        .iter()
        .map(|(column, shapes)| (column.name(), shapes.iter().map(|shape| shape.name()).collect()))
        .collect();
    let mut json = json!({
        "encoding": understood.encoding.name(),
        "byte_order_mark": understood.byte_order_mark,
        "encoded_twice": understood.encoded_twice,
        "line_ends": understood.line_ends.iter().map(|end| line_end_name(*end)).collect::<Vec<_>>(),
        "columns": columns,
        "headers": headers,
        "date_shapes": dates,
        "six_digit_dates": understood.six_digit_dates.map(SixDigits::name),
        "ignored": understood.ignored,
        "dropped": understood.dropped,
        "sha256": understood.sha256,
        "bytes": understood.bytes,
    });
    match &understood.shape {
        Shape::Delimited { separator, separator_line, quoted, header_line } => {
            json["shape"] = "delimited".into();
            json["separator"] = separator.to_string().into();
            json["separator_line"] = (*separator_line).into();
            json["quoted"] = (*quoted).into();
            json["header_line"] = (*header_line).into();
        }
        Shape::FixedWidth => json["shape"] = "fixed-width".into(),
        Shape::Workbook { sheets, ignored } => {
            json["shape"] = "workbook".into();
            json["sheets"] = json!(sheets);
            json["sheets_ignored"] = json!(ignored);
        }
    }
    json
}
