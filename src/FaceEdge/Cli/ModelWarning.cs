namespace FaceEdge.Cli;

/// <summary>What a verb that loads models says on standard error before it does; the daemon says it in its log.</summary>
internal static class ModelWarning
{
    /// <summary>Tells when the models cannot be compared with their manifest.</summary>
    public static void Tell()
    {
        if (!OpenSsl.IsPresent)
        {
            Console.Error.WriteLine($"faceedge: {OpenSsl.ModelsNotCompared}");
        }
    }
}
