//! The binary `zaguan`.

use std::process::ExitCode;
use zaguan::environment::Environment;

fn main() -> ExitCode {
    zaguan_faults::arm();
    zaguan::command::run(std::env::args_os(), &Environment::of_process())
}
