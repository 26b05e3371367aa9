//! What differs between SQLite's SQL and PostgreSQL's. Statements differ in nothing; schemas are written for SQLite.

/// The text of a schema as PostgreSQL wants it: its types have other names, numbers are as long as SQLite's, texts are
/// compared byte by byte, and a table is what SQLite calls strict and without row identifiers anyway.
pub(crate) fn for_postgres(schema: &str) -> String {
    let mut text = String::with_capacity(schema.len());
    for line in schema.lines() {
        let is_comment = line.trim_start().starts_with("--");
        if is_comment {
            text.push_str(line);
        } else {
            let end = line.replace(") strict, without rowid;", ");").replace(") strict;", ");");
            let indent = end.len() - end.trim_start().len();
            text.push_str(&end[..indent]);
            for (index, word) in end.split_whitespace().enumerate() {
                if index > 0 {
                    text.push(' ');
                }
                // The first word of a line is a name, even if it is that of a type.
                text.push_str(&if index > 0 { type_for_postgres(word) } else { word.to_owned() });
            }
        }
        text.push('\n');
    }
    text
}

fn type_for_postgres(word: &str) -> String {
    let (name, rest) = word.split_at(word.find([',', ';']).unwrap_or(word.len()));
    let name = match name {
        "integer" => "bigint",
        "blob" => "bytea",
        "text" => "text collate \"C\"",
        other => other,
    };
    format!("{name}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_the_same_for_postgresql_but_for_its_types() {
        let sqlite = "-- A text.\ncreate table note (\n    id blob not null primary key,\n    text text not null,\n    \
                      at integer\n) strict, without rowid;\nalter table note add column by text;\n";
        let postgres = "-- A text.\ncreate table note (\n    id bytea not null primary key,\n    text text collate \"C\" not null,\n    \
                        at bigint\n);\nalter table note add column by text collate \"C\";\n";
        assert_eq!(for_postgres(sqlite), postgres);
    }
}
