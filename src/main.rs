//! The `styk` program: reads the command line, runs one command, turns its result into an exit code.
//! Everything else is in the library.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = styk::cli::Cli::parse();
    match styk::commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
