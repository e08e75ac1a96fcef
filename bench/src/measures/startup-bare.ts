process.stdout.write("first step\n", () => process.exit(0));
