//! Lines of business in plain words: nobody but the trade knows them by their official names.

use crate::fault::WordsError;
use crate::message::Message;
use crate::words::Words;
use zaguan_domain::line::LineOfBusiness;

/// What people say: "Auto, camioneta o camión".
pub(super) fn plain(line: LineOfBusiness) -> Message {
    Message::new(match line {
        LineOfBusiness::Motor => "line-motor",
        LineOfBusiness::Motorcycle => "line-motorcycle",
        LineOfBusiness::Household => "line-household",
        LineOfBusiness::Shop => "line-shop",
        LineOfBusiness::Condominium => "line-condominium",
        LineOfBusiness::Fire => "line-fire",
        LineOfBusiness::Burglary => "line-burglary",
        LineOfBusiness::Glass => "line-glass",
        LineOfBusiness::Liability => "line-liability",
        LineOfBusiness::IndividualLife => "line-individual-life",
        LineOfBusiness::GroupLife => "line-group-life",
        LineOfBusiness::PersonalAccident => "line-personal-accident",
        LineOfBusiness::Funeral => "line-funeral",
        LineOfBusiness::Health => "line-health",
        LineOfBusiness::Annuity => "line-annuity",
        LineOfBusiness::WorkersCompensation => "line-workers-compensation",
        LineOfBusiness::Surety => "line-surety",
        LineOfBusiness::Credit => "line-credit",
        LineOfBusiness::CropHail => "line-crop-hail",
        LineOfBusiness::Livestock => "line-livestock",
        LineOfBusiness::Engineering => "line-engineering",
        LineOfBusiness::Transport => "line-transport",
        LineOfBusiness::Aviation => "line-aviation",
        LineOfBusiness::PublicTransport => "line-public-transport",
    })
}

/// Plain words with the official name beside them: "Auto, camioneta o camión · Automotores".
pub(super) fn label(line: LineOfBusiness, words: &Words) -> Result<String, WordsError> {
    let plain = words.say(&plain(line))?;
    let official = line.official();
    Ok(if plain == official { plain } else { format!("{plain} · {official}") })
}

/// A number that only these lines have, in this order; nothing when they are not in the order of the catalogue.
pub(super) fn number_of(lines: &[LineOfBusiness]) -> Option<u64> {
    const { assert!(LineOfBusiness::ALL.len() <= 64, "each line has a bit") };
    let bit =
        |line: &LineOfBusiness| 1 << LineOfBusiness::ALL.iter().position(|other| other == line).unwrap_or(0);
    let bits: Vec<u64> = lines.iter().map(bit).collect();
    bits.is_sorted_by(|one, next| one < next).then(|| bits.iter().sum())
}
