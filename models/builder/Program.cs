using FaceEdge.ModelBuilder;

// faceedge-models RECIPE SOURCE TARGET [RECIPE SOURCE TARGET ...]: makes each target from its source.
if (args.Length is 0 || args.Length % 3 != 0)
{
    Console.Error.WriteLine($"usage: faceedge-models RECIPE SOURCE TARGET ...; recipes: {string.Join(", ", Recipes.Names)}");
    return 2;
}
for (var i = 0; i < args.Length; i += 3)
{
    File.WriteAllBytes(args[i + 2], Recipes.Make(args[i], args[i + 1]));
}
return 0;
