"""Write the reference of the command line and of the policy file anew."""

from tests.docs import command_line, policy_file

if __name__ == "__main__":
    command_line.FILE.write_text(command_line.text(), encoding="utf-8")
    policy_file.FILE.write_text(policy_file.text(), encoding="utf-8")
