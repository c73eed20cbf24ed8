! SPDX-License-Identifier: Apache-2.0
! suite: exit=7
! STOP with a code in a worker ends the program with it, and units are flushed.
program fortran_stop
  use omp_lib
  implicit none
  print '(a)', 'before'
  !$omp parallel
  if (omp_get_thread_num() == 3) then
    print '(a)', 'the last line'
#ifndef BROKEN
    stop 7
#else
    stop 8
#endif
  end if
  do while (omp_get_wtime() > 0)
  end do
  !$omp end parallel
end program
