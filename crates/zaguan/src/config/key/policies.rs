//! The keys that say how the insurer's policy book is read, and where it arrives.

use super::Kind::{List, Number, Path, Table, Text};
use super::Preset::{Absent, Value};
use super::{Key, key};

/// The keys of the section `policies`.
pub(super) const POLICIES: [Key; 20] = [
    key(
        "policies.lines",
        Table,
        Absent("{ \"4\" = \"automotores\", \"17\" = \"combinado-familiar\" }"),
        "The insurer's own codes for lines of business, and the ramo that each of them is.",
    ),
    key(
        "policies.mapping",
        Table,
        Absent("{ \"Nro Asociado\" = \"documento\", \"Referencia\" = \"poliza\" }"),
        "Headers of the policy book that do not say by themselves which column they are. For a file without\nheaders, the places of the columns, counted from 1: { \"1\" = \"documento\" }.",
    ),
    key(
        "policies.drop",
        List,
        Absent("[\"CBU\"]"),
        "Headers of columns that are dropped unread. A column with card numbers or bank accounts stops the\nload unless it is named here.",
    ),
    key(
        "policies.document_kinds",
        Table,
        Absent("{ \"80\" = \"CUIT\", \"96\" = \"DNI\" }"),
        "The insurer's own codes for kinds of documents: DNI, LE, LC, CI, CUIT, CUIL or CDI.",
    ),
    key(
        "policies.states",
        Table,
        Absent("{ \"1\" = \"vigente\", \"9\" = \"anulada\" }"),
        "The insurer's own codes for states of a policy: vigente, vencida or anulada.",
    ),
    key(
        "policies.layout",
        Table,
        Absent("{ \"poliza\" = \"4-16\", \"documento\" = \"17-27\", \"ramo\" = \"28-30\" }"),
        "The columns of a file of fixed width: first and last character of each, counted from 1.",
    ),
    key(
        "policies.encoding",
        Text,
        Absent("\"windows-1252\""),
        "How the book's letters are written in bytes, where it is not to be detected: utf-8, utf-16le,\nutf-16be, windows-1252, cp850 or cp437.",
    ),
    key(
        "policies.separator",
        Text,
        Absent("\";\""),
        "What stands between the book's columns, where it is not to be detected: one character, or \"tab\".",
    ),
    key(
        "policies.sheets",
        List,
        Absent("[\"Vigentes\"]"),
        "The sheets of a workbook that are read; where nobody says so, all that have the required columns.",
    ),
    key(
        "policies.two_digit_years_from",
        Number,
        Value("1930"),
        "The first of the hundred years that a year of two digits may mean, 1900 to 2000.",
    ),
    key(
        "policies.six_digit_dates",
        Text,
        Absent("\"ddmmyy\""),
        "What dates of six digits are, ddmmyy or yymmdd. Where it is not set they are read only if all of a\nfile can be read in one of the two ways and not in the other.",
    ),
    key(
        "policies.item_digits",
        Number,
        Value("0"),
        "How many digits at the end of a policy number without separators are an item or certificate, which\npeople leave out when they type it, 0 to 9.",
    ),
    key(
        "policies.ends_percent",
        Number,
        Value("5"),
        "A book that lacks more than this part of the policies in use is not loaded unless told, 0 to 100.",
    ),
    key(
        "policies.rejects_percent",
        Number,
        Value("2"),
        "Nor one of which more than this part of the rows is rejected, 0 to 100.",
    ),
    key(
        "policies.emails_percent",
        Number,
        Value("5"),
        "Nor one that lacks more than this part of the e-mail addresses in use, 0 to 100.",
    ),
    key(
        "policies.shared_over",
        Number,
        Value("3"),
        "An e-mail address that more holders than this have is a shared one, and not its holder's, 1 to 1000.",
    ),
    key(
        "policies.keep_generations",
        Number,
        Value("3"),
        "How many generations of the book are kept, 2 to 100; `zaguan policies undo` goes back to the one before.",
    ),
    key(
        "policies.watch.folder",
        Path,
        Absent("\"entrada\""),
        "A folder from which the running portal loads the policy book by itself, as `policies import` does.\nNothing in it is moved or deleted.",
    ),
    key(
        "policies.watch.pattern",
        Text,
        Value("\"*.csv\""),
        "Which files in it are policy books; * stands for any characters and ? for one.",
    ),
    key(
        "policies.watch.settle_seconds",
        Number,
        Value("60"),
        "For how many seconds a file must have stopped growing before it is loaded, 1 to 86400.",
    ),
];
