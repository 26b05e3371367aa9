//! Invented names: people's from lists of common ones, companies' from syllables, so that no real one is meant.

/// Surnames that many people have, with what makes them hard: accents, an Ñ, an apostrophe, two words.
pub(crate) const SURNAMES: [&str; 60] = [
    "ACOSTA",
    "AGUIRRE",
    "ÁLVAREZ",
    "BENÍTEZ",
    "BLANCO",
    "BRIZUELA",
    "BUSTOS",
    "CABRERA",
    "CASTRO",
    "CORREA",
    "D'ANGELO",
    "DE LA FUENTE",
    "DÍAZ",
    "DOMÍNGUEZ",
    "FERNÁNDEZ",
    "FERREYRA",
    "FIGUEROA",
    "FLORES",
    "GARCÍA",
    "GIMÉNEZ",
    "GODOY",
    "GÓMEZ",
    "GONZÁLEZ",
    "GUTIÉRREZ",
    "HERRERA",
    "IBÁÑEZ",
    "JUÁREZ",
    "LEDESMA",
    "LÓPEZ",
    "LUNA",
    "MANSILLA",
    "MARTÍNEZ",
    "MEDINA",
    "MOLINA",
    "MORALES",
    "MUÑOZ",
    "NÚÑEZ",
    "O'CONNOR",
    "OJEDA",
    "ORTIZ",
    "PERALTA",
    "PEREYRA",
    "PÉREZ",
    "PONCE",
    "QUIROGA",
    "RAMÍREZ",
    "RÍOS",
    "RODRÍGUEZ",
    "ROJAS",
    "ROMERO",
    "RUIZ",
    "SÁNCHEZ",
    "SILVA",
    "SOSA",
    "SUÁREZ",
    "TORRES",
    "VARGAS",
    "VEGA",
    "VERA",
    "YAÑEZ",
];

/// Given names, one or two.
pub(crate) const GIVEN_NAMES: [&str; 60] = [
    "AGUSTÍN",
    "ALEJANDRO",
    "ALICIA",
    "ANA",
    "ANA MARÍA",
    "ANDREA",
    "BEATRIZ",
    "BRUNO",
    "CAMILA",
    "CARLOS",
    "CARLOS ALBERTO",
    "CAROLINA",
    "CECILIA",
    "CLAUDIA",
    "CRISTINA",
    "DANIEL",
    "DELIA",
    "DIEGO",
    "EDUARDO",
    "ELENA",
    "ELSA",
    "ESTEBAN",
    "FABIÁN",
    "FEDERICO",
    "FLORENCIA",
    "GABRIELA",
    "GUSTAVO",
    "HÉCTOR",
    "HUGO",
    "INÉS",
    "IVO",
    "JAVIER",
    "JORGE",
    "JOSÉ LUIS",
    "JUAN",
    "JUAN CARLOS",
    "JULIA",
    "LAURA",
    "LUCÍA",
    "LUIS",
    "MARCELO",
    "MARÍA",
    "MARÍA JOSÉ",
    "MARTA",
    "MATÍAS",
    "MIGUEL ÁNGEL",
    "MÓNICA",
    "NÉLIDA",
    "NICOLÁS",
    "NORMA",
    "OSVALDO",
    "PABLO",
    "PATRICIA",
    "RAÚL",
    "ROSA",
    "SERGIO",
    "SILVIA",
    "SOFÍA",
    "SUSANA",
    "VÍCTOR",
];

/// What the names of companies are made of.
pub(crate) const SYLLABLES: [&str; 24] = [
    "BE", "CAL", "DO", "FA", "GRI", "LO", "LU", "MAR", "ME", "MI", "NA", "NOR", "PE", "QUI", "RA", "RO",
    "SA", "SUL", "TA", "TE", "TRI", "VA", "VEL", "ZU",
];

/// What stands behind a company's name, as variously as books write it.
pub(crate) const COMPANY_KINDS: [&str; 6] = ["S.A.", "SA", "S. A.", "S.R.L.", "SRL", "S.A.S."];

/// A name as it stands in an e-mail address: without accents, blanks and apostrophes.
pub(crate) fn in_address(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter {
            'Á' => Some('a'),
            'É' => Some('e'),
            'Í' => Some('i'),
            'Ó' => Some('o'),
            'Ú' => Some('u'),
            'Ñ' => Some('n'),
            letter => letter.is_ascii_alphabetic().then(|| letter.to_ascii_lowercase()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_addresses_are_plain_letters() {
        assert_eq!(in_address("D'ANGELO"), "dangelo");
        for name in SURNAMES.iter().chain(&GIVEN_NAMES) {
            let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
            assert_eq!(in_address(name).len(), letters, "{name}");
        }
    }
}
