namespace FaceEdge.Storage;

/// <summary>
/// Some room kept beside the database for the one write that must be possible on a full disk: a deletion, which writes before it frees.
/// </summary>
internal sealed class Reserve(DatabaseFiles files)
{
    /// <summary>Room for the deletion of a person with 16 pictures of 25 KB and of four more, with their pages of the log.</summary>
    public const long Bytes = 2 * 1024 * 1024;

    /// <summary>On a disk with less room the reserve itself would be what is missing.</summary>
    private const long MinFreeBytes = 64 * 1024 * 1024;

    /// <summary>Makes it when there is none and the disk has room.</summary>
    public void Renew()
    {
        try
        {
            if (!File.Exists(files.Reserve) && new DriveInfo(files.Folder).AvailableFreeSpace > MinFreeBytes)
            {
                PrivateFiles.CreateNew(files.Reserve, Bytes).Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it a deletion waits for room like any other write.
        }
    }

    /// <summary>Gives the room back.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Release()
    {
        try
        {
            bool any = File.Exists(files.Reserve);
            File.Delete(files.Reserve);
            return any;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
