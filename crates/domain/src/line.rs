//! Lines of business (*ramos*): the closed catalogue that insurers' own codes are mapped to.

use crate::typed::folded;

/// What a policy insures, by the names that Argentina's insurance supervisor uses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum LineOfBusiness {
    /// Automotores: cars, pick-ups and lorries.
    Motor,
    /// Motovehículos: a line of its own, which even the trade confuses with motor.
    Motorcycle,
    /// Combinado familiar: a house or a flat.
    Household,
    /// Integral de comercio: a shop.
    Shop,
    /// Integral de consorcio: a building in condominium.
    Condominium,
    /// Incendio: fire.
    Fire,
    /// Robo y riesgos similares: burglary and theft.
    Burglary,
    /// Cristales: glass.
    Glass,
    /// Responsabilidad civil: liability, malpractice among it.
    Liability,
    /// Vida individual: individual life.
    IndividualLife,
    /// Vida colectivo, the compulsory ones and those on a loan's balance: group life.
    GroupLife,
    /// Accidentes personales: personal accident.
    PersonalAccident,
    /// Sepelio: funeral.
    Funeral,
    /// Salud: health.
    Health,
    /// Retiro: annuities.
    Annuity,
    /// Riesgos del trabajo: workers' compensation.
    WorkersCompensation,
    /// Caución: surety, as a tenant's.
    Surety,
    /// Créditos: credit.
    Credit,
    /// Granizo: crop hail.
    CropHail,
    /// Ganado: livestock.
    Livestock,
    /// Técnico: equipment and machinery.
    Engineering,
    /// Transportes, mercaderías y cascos: cargo and hull.
    Transport,
    /// Aeronavegación: aviation, drones among it.
    Aviation,
    /// Transporte público de pasajeros: buses.
    PublicTransport,
}

impl LineOfBusiness {
    /// Every line, in the order in which a list shows them: what most people have insured comes first.
    pub const ALL: &[Self] = &[
        Self::Motor,
        Self::Motorcycle,
        Self::Household,
        Self::Shop,
        Self::Condominium,
        Self::Fire,
        Self::Burglary,
        Self::Glass,
        Self::Liability,
        Self::IndividualLife,
        Self::GroupLife,
        Self::PersonalAccident,
        Self::Funeral,
        Self::Health,
        Self::Annuity,
        Self::WorkersCompensation,
        Self::Surety,
        Self::Credit,
        Self::CropHail,
        Self::Livestock,
        Self::Engineering,
        Self::Transport,
        Self::Aviation,
        Self::PublicTransport,
    ];

    /// The stable name in forms, files and tables.
    pub fn slug(self) -> &'static str {
        self.names().0
    }

    /// The official name: a proper noun of the trade, the same in every language we speak.
    pub fn official(self) -> &'static str {
        self.names().1
    }

    /// The line of that slug, read forgivingly: case, accents, and blanks or underscores for dashes do not matter.
    pub fn from_slug(text: &str) -> Option<Self> {
        let folded = folded(text.trim());
        let slug =
            folded.split([' ', '_', '-']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
        Self::ALL.iter().copied().find(|line| line.slug() == slug)
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Motor => ("automotores", "Automotores"),
            Self::Motorcycle => ("motovehiculos", "Motovehículos"),
            Self::Household => ("combinado-familiar", "Combinado familiar"),
            Self::Shop => ("integral-comercio", "Integral de comercio"),
            Self::Condominium => ("integral-consorcio", "Integral de consorcio"),
            Self::Fire => ("incendio", "Incendio"),
            Self::Burglary => ("robo", "Robo y riesgos similares"),
            Self::Glass => ("cristales", "Cristales"),
            Self::Liability => ("rc", "Responsabilidad civil"),
            Self::IndividualLife => ("vida-individual", "Vida individual"),
            Self::GroupLife => ("vida-colectivo", "Vida colectivo, obligatorio y saldo deudor"),
            Self::PersonalAccident => ("ap", "Accidentes personales"),
            Self::Funeral => ("sepelio", "Sepelio"),
            Self::Health => ("salud", "Salud"),
            Self::Annuity => ("retiro", "Retiro"),
            Self::WorkersCompensation => ("art", "Riesgos del trabajo"),
            Self::Surety => ("caucion", "Caución"),
            Self::Credit => ("creditos", "Créditos"),
            Self::CropHail => ("granizo", "Riesgos agropecuarios y forestales: granizo"),
            Self::Livestock => ("ganado", "Riesgos agropecuarios y forestales: ganado"),
            Self::Engineering => ("tecnico", "Técnico"),
            Self::Transport => ("transporte", "Transportes: mercaderías y cascos"),
            Self::Aviation => ("aeronavegacion", "Aeronavegación"),
            Self::PublicTransport => ("tpp", "Transporte público de pasajeros"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_is_read_back_and_no_two_are_the_same() {
        for &line in LineOfBusiness::ALL {
            assert_eq!(LineOfBusiness::from_slug(line.slug()), Some(line));
        }
        let slugs: std::collections::BTreeSet<_> =
            LineOfBusiness::ALL.iter().map(|line| line.slug()).collect();
        assert_eq!(slugs.len(), 24);
    }

    #[test]
    fn case_accents_blanks_and_underscores_do_not_matter() {
        for typed in
            ["Combinado Familiar", " COMBINADO_FAMILIAR ", "combinado  familiar", "combinado-familiár"]
        {
            assert_eq!(LineOfBusiness::from_slug(typed), Some(LineOfBusiness::Household), "{typed}");
        }
        assert_eq!(LineOfBusiness::from_slug("Caución"), Some(LineOfBusiness::Surety));
        assert_eq!(LineOfBusiness::from_slug("MOTOVEHÍCULOS"), Some(LineOfBusiness::Motorcycle));
    }

    #[test]
    fn what_is_no_slug_is_no_line() {
        for typed in ["", " ", "-", "auto", "no-se", "automotores2", "🚗"] {
            assert_eq!(LineOfBusiness::from_slug(typed), None, "{typed}");
        }
    }
}
