using FaceEdge.Storage;

namespace FaceEdge.Cli;

/// <summary>
/// Somebody else's database that comes through standard input: whoever starts the command may read it where the service's user may not (a home
/// that is 0700). SQLite needs a file, so it is copied to a private one, which loses its name as soon as it is open.
/// </summary>
internal static class StandardInput
{
    /// <summary>What stands for it on the command line.</summary>
    public const string Name = "-";

    /// <summary>Opens it.</summary>
    /// <param name="dataFolder">Where the copy goes if this user may write there; else it goes where temporary files go.</param>
    /// <param name="table">See <see cref="LegacySource.Open"/>.</param>
    /// <param name="maxRows">See <see cref="LegacySource.Open"/>.</param>
    /// <param name="cancel">Stops copying.</param>
    /// <exception cref="SourceException">It is not usable, and why.</exception>
    public static async Task<LegacySource> OpenAsync(string dataFolder, string? table, long maxRows, CancellationToken cancel)
    {
        if (!Console.IsInputRedirected)
        {
            throw new SourceException("Standard input is a terminal. Send the file: faceedge import - < Image.db");
        }

        string? copy = null;
        try
        {
            await using (FileStream file = Create(dataFolder))
            {
                copy = file.Name;
                await using Stream input = Console.OpenStandardInput();
                await input.CopyToAsync(file, cancel);
            }

            return LegacySource.Open(copy, table, maxRows, stillCopy: true);
        }
        catch (IOException e)
        {
            throw new SourceException($"What came through standard input can not be kept in {Path.GetDirectoryName(copy) ?? dataFolder}: {e.Message}", e);
        }
        catch (SourceException e) when (copy is not null)
        {
            throw new SourceException(e.Message.Replace(copy, "What came through standard input", StringComparison.Ordinal), e);
        }
        finally
        {
            if (copy is not null)
            {
                File.Delete(copy); // open it stays readable, and no kill leaves it behind
            }
        }
    }

    private static FileStream Create(string dataFolder)
    {
        string name = $"faceedge-import-{Guid.NewGuid():n}.db";
        try
        {
            return PrivateFiles.CreateNew(Path.Combine(dataFolder, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PrivateFiles.CreateNew(Path.Combine(Path.GetTempPath(), name)); // a dry run by somebody else, or no folder yet
        }
    }
}
